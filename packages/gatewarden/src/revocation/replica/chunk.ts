// The format of revocations in a log and in its snapshots: packed binary, many in one chunk.
//
// A chunk is a version (1) and records. A record: kind and flags (1 byte); the issuer, unless it is
// that of the record before; the id; expiresAt (8); issuedBefore (8) for kinds that have it. Texts
// are a length (2) and a byte per character, or two where their flag says so. Little-endian.
import { type RevocationEntry, revocationKinds } from "../revocation.js";
import { type PackedId, toPackedId } from "./hash.js";

const version = 1;
const wideId = 0x08;
const newIssuer = 0x10;
const wideIssuer = 0x20;
const kindMask = 0x07;
/** A kind that revokes nothing: a process adds again, until `expiresAt`, what the log has lost. */
const repairKind = 6;
/** Kinds from this one on have `issuedBefore`. */
export const firstDated = 2;
const wholeIssuer = revocationKinds.indexOf("wholeIssuer");
const everything = revocationKinds.indexOf("everything");
const maxTime = 1e11;

/** A revocation with its id as bytes. */
export interface PackedEntry extends PackedId {
  /** The index in `revocationKinds`. */
  readonly kind: number;
  readonly issuer: string;
  readonly expiresAt: number;
  readonly issuedBefore: number;
}

export function toPackedEntry({ kind, issuer, id, expiresAt, issuedBefore }: RevocationEntry): PackedEntry {
  return { ...toPackedId(id), kind: revocationKinds.indexOf(kind), issuer, expiresAt, issuedBefore };
}

/** That a process adds again what the log has lost. */
export interface RepairNote {
  readonly process: string;
  /** Until then others wait for the end of the repair. In the past for its end. */
  readonly until: number;
}

export function toRepairChunk({ process, until }: RepairNote): Uint8Array {
  const writer = new ChunkWriter();
  writer.add({ ...toPackedId(process), kind: repairKind, issuer: "", expiresAt: until, issuedBefore: 0 });
  return writer.take();
}

/**
 * Who hears what a chunk holds. Entries are not to be kept: their bytes are the chunk's, and one
 * object serves all entries of a chunk (an object each makes joining three times as long).
 */
export interface ChunkVisitor {
  onEntry(entry: PackedEntry): void;
  onRepair(note: RepairNote): void;
}

/**
 * Reads a chunk, up to the first record that is malformed. `newer`: it was written by a later
 * version, and holds what cannot be read. Never throws, save for what the visitor throws.
 */
export function visitChunk(bytes: Uint8Array, visitor: ChunkVisitor): "read" | "malformed" | "newer" {
  const first = bytes[0];
  if (first !== version) return first !== undefined && first > version && first < 0x20 ? "newer" : "malformed";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entry = { bytes, start: 0, length: 0, isWide: false, kind: 0, issuer: "", expiresAt: 0.5, issuedBefore: 0.5 };
  let at = 1;
  let issuer = "";
  while (at < bytes.length) {
    const flags = bytes[at++] ?? 0;
    const kind = flags & kindMask;
    if (flags & newIssuer) {
      if (at + 2 > bytes.length) return "malformed";
      const length = view.getUint16(at, true);
      if (at + 2 + length > bytes.length) return "malformed";
      issuer = toText({ bytes, start: at + 2, length, isWide: (flags & wideIssuer) !== 0 });
      at += 2 + length;
    }
    if (at + 2 > bytes.length) return "malformed";
    const length = view.getUint16(at, true);
    const isDated = kind >= firstDated && kind < repairKind;
    const end = at + 2 + length + (isDated ? 16 : 8);
    entry.isWide = (flags & wideId) !== 0;
    if (end > bytes.length || (entry.isWide && length % 2 !== 0)) return "malformed";
    entry.kind = kind;
    entry.issuer = kind === everything ? "" : issuer;
    entry.start = at + 2;
    entry.length = length;
    entry.expiresAt = view.getFloat64(at + 2 + length, true);
    entry.issuedBefore = isDated ? view.getFloat64(end - 8, true) : Number.POSITIVE_INFINITY;
    at = end;
    if (kind === repairKind) {
      if (length > 64 || !(Math.abs(entry.expiresAt) < maxTime)) return "malformed";
      visitor.onRepair({ process: toText(entry), until: entry.expiresAt });
      continue;
    }
    if (!isSoundEntry(entry, isDated)) return "malformed";
    visitor.onEntry(entry);
  }
  return "read";
}

/** What `parseRevocation` demands, for bytes that anything may have written. */
function isSoundEntry({ kind, issuer, length, expiresAt, issuedBefore }: PackedEntry, isDated: boolean): boolean {
  if (kind > everything || !(Math.abs(expiresAt) < maxTime)) return false;
  if (isDated && !(Math.abs(issuedBefore) < maxTime)) return false;
  const hasNoId = kind === wholeIssuer || kind === everything;
  return (length === 0) === hasNoId && (issuer !== "" || kind === everything);
}

function toText({ bytes, start, length, isWide }: PackedId): string {
  const codes: number[] = [];
  for (let at = start; at < start + length; at += isWide ? 2 : 1) {
    codes.push(isWide ? (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) : (bytes[at] ?? 0));
  }
  return codes.map((code) => String.fromCharCode(code)).join("");
}

/** Writes a chunk. */
export class ChunkWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 1;
  #issuer = "";

  /** Its bytes so far; 1 without entries. */
  get length(): number {
    return this.#length;
  }

  /** Throws `TypeError` for an id or an issuer that is longer than any token. */
  add(entry: PackedEntry): void {
    const { kind, issuer, expiresAt, issuedBefore } = entry;
    const isIssuerNew = issuer !== "" && issuer !== this.#issuer;
    const packedIssuer = isIssuerNew ? toPackedId(issuer) : undefined;
    const issuerLength = packedIssuer?.length ?? 0;
    if (entry.length > 0xffff || issuerLength > 0xffff) throw new TypeError("A revocation is longer than any token");
    this.#reserve(entry.length + issuerLength + 32);
    const flags = (entry.isWide ? wideId : 0) | (isIssuerNew ? newIssuer : 0) | (packedIssuer?.isWide ? wideIssuer : 0);
    this.#bytes[this.#length++] = kind | flags;
    if (packedIssuer) this.#write(packedIssuer);
    if (isIssuerNew) this.#issuer = issuer;
    this.#write(entry);
    this.#writeNumber(expiresAt);
    if (kind >= firstDated && kind < repairKind) this.#writeNumber(issuedBefore);
  }

  take(): Uint8Array<ArrayBuffer> {
    this.#bytes[0] = version;
    return this.#bytes.slice(0, this.#length);
  }

  #write({ bytes, start, length }: PackedId): void {
    this.#view.setUint16(this.#length, length, true);
    this.#length += 2;
    for (let at = 0; at < length; at++) this.#bytes[this.#length++] = bytes[start + at] ?? 0;
  }

  #writeNumber(value: number): void {
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * this.#bytes.length + more);
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
