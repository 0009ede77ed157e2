// Records of revocations, packed one behind the other into segments of memory: a million objects
// would take three times as much, and the garbage collector would visit each.
import { firstDated } from "./chunk.js";
import type { PackedId } from "./hash.js";

/** Bytes of a segment. A place is its number and an offset, in 32 bits: 4 GiB at most. */
const segmentSize = 2 ** 20;

// A record: kind (1 byte), flags (1), length of the id (2), number of the issuer (4), mark (4),
// keepUntil (4), expiresAt (8), issuedBefore (8) for kinds that have it, id. Padded to four bytes.
const headerSize = 24;
const datedSize = 32;

/** Set in the kind of a record that is no longer in the table. */
const dead = 0x80;

/** Where the id of a record begins. */
function toHeaderSize(kind: number): number {
  return kind >= firstDated ? datedSize : headerSize;
}

/** What a record is about. */
export interface RecordName extends PackedId {
  /** The index in `revocationKinds`. */
  readonly kind: number;
  /** The number of the issuer. */
  readonly issuer: number;
}

/** What a record says. Times in seconds. */
export interface RecordTimes {
  readonly expiresAt: number;
  readonly issuedBefore: number;
  /** By the host's clock. */
  readonly keepUntil: number;
  /** When it was last seen in the log; 0 for never. */
  readonly mark: number;
}

interface Segment {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  used: number;
  live: number;
}

/** The times of a record after an entry for the same thing: nothing gets shorter. */
export function extendTimes(known: RecordTimes, times: RecordTimes, isExtended: boolean): RecordTimes {
  // What the log has less of than is known here is not in the log.
  const isWhole = times.expiresAt >= known.expiresAt && times.issuedBefore >= known.issuedBefore;
  return {
    expiresAt: Math.max(known.expiresAt, times.expiresAt),
    issuedBefore: Math.max(known.issuedBefore, times.issuedBefore),
    keepUntil: Math.max(known.keepUntil, times.keepUntil),
    mark: isWhole ? times.mark : isExtended ? 0 : known.mark,
  };
}

/** Stores records. A place is a multiple of 4, so its lowest bits are free. */
export class Records {
  readonly #segments: (Segment | undefined)[] = [];
  #current = -1;

  /** The number of segments, some of which may be empty. */
  get segments(): number {
    return this.#segments.length;
  }

  /** Stores a record and returns its place. Throws `RangeError` beyond 4 GiB. */
  add(name: RecordName, times: RecordTimes): number {
    const { length } = name;
    const idAt = toHeaderSize(name.kind);
    const size = (idAt + length + 3) & ~3;
    const segment = this.#findRoom(size);
    const { bytes, view, used } = segment;
    bytes[used] = name.kind;
    bytes[used + 1] = name.isWide ? 1 : 0;
    view.setUint16(used + 2, length, true);
    view.setUint32(used + 4, name.issuer, true);
    for (let index = 0; index < length; index++) {
      bytes[used + idAt + index] = name.bytes[name.start + index] ?? 0;
    }
    segment.used += size;
    segment.live++;
    const place = this.#current * segmentSize + used;
    this.update(place, times);
    return place;
  }

  /** What the record is about. Its bytes are the record's own: they are not to be kept. */
  readName(place: number): RecordName {
    const { bytes, view } = this.#segmentOf(place);
    const at = place % segmentSize;
    const kind = bytes[at] ?? 0;
    return {
      kind,
      issuer: view.getUint32(at + 4, true),
      bytes,
      start: at + toHeaderSize(kind),
      length: view.getUint16(at + 2, true),
      isWide: bytes[at + 1] === 1,
    };
  }

  readTimes(place: number): RecordTimes {
    const { bytes, view } = this.#segmentOf(place);
    const at = place % segmentSize;
    return {
      mark: view.getUint32(at + 8, true),
      keepUntil: view.getUint32(at + 12, true),
      expiresAt: view.getFloat64(at + 16, true),
      issuedBefore: (bytes[at] ?? 0) >= firstDated ? view.getFloat64(at + 24, true) : Number.POSITIVE_INFINITY,
    };
  }

  /** Whether the record at the place is about this: an exact comparison. */
  isSame(place: number, name: RecordName): boolean {
    const { bytes, view } = this.#segmentOf(place);
    const at = place % segmentSize;
    if (bytes[at] !== name.kind || bytes[at + 1] !== (name.isWide ? 1 : 0)) return false;
    if (view.getUint32(at + 4, true) !== name.issuer || view.getUint16(at + 2, true) !== name.length) return false;
    const start = at + toHeaderSize(name.kind);
    for (let index = 0; index < name.length; index++) {
      if (bytes[start + index] !== name.bytes[name.start + index]) return false;
    }
    return true;
  }

  /** Writes what may change in a record. */
  update(place: number, { expiresAt, issuedBefore, keepUntil, mark }: RecordTimes): void {
    const { bytes, view } = this.#segmentOf(place);
    const at = place % segmentSize;
    view.setUint32(at + 8, mark, true);
    view.setUint32(at + 12, Math.min(Math.max(0, Math.ceil(keepUntil)), 0xffffffff), true);
    view.setFloat64(at + 16, expiresAt, true);
    if ((bytes[at] ?? 0) >= firstDated) view.setFloat64(at + 24, issuedBefore, true);
  }

  remove(place: number): void {
    const segment = this.#segmentOf(place);
    const at = place % segmentSize;
    segment.bytes[at] = (segment.bytes[at] ?? 0) | dead;
    segment.live--;
  }

  /** The places of the live records of a segment. */
  *placesOf(index: number): Generator<number> {
    const segment = this.#segments[index];
    if (segment === undefined) return;
    for (let at = 0; at < segment.used; ) {
      const kind = segment.bytes[at] ?? 0;
      if ((kind & dead) === 0) yield index * segmentSize + at;
      at += (toHeaderSize(kind & ~dead) + segment.view.getUint16(at + 2, true) + 3) & ~3;
    }
  }

  /** Whether a segment that is no longer written to is empty for the most part. */
  isSparse(index: number): boolean {
    const segment = this.#segments[index];
    if (segment === undefined || index === this.#current) return false;
    return segment.live * 2 * (headerSize + 36) < segment.used;
  }

  /** Gives the memory of a segment back. Its records must have been removed or moved. */
  drop(index: number): void {
    this.#segments[index] = undefined;
    if (index === this.#current) this.#current = -1;
  }

  #findRoom(size: number): Segment {
    const current = this.#segments[this.#current];
    if (current !== undefined && current.used + size <= segmentSize) return current;
    const free = this.#segments.indexOf(undefined);
    this.#current = free === -1 ? this.#segments.length : free;
    if (this.#current >= 4096) throw new RangeError("The revocations take more than 4 GiB");
    const bytes = new Uint8Array(segmentSize);
    const segment = { bytes, view: new DataView(bytes.buffer), used: 0, live: 0 };
    this.#segments[this.#current] = segment;
    return segment;
  }

  #segmentOf(place: number): Segment {
    const segment = this.#segments[Math.floor(place / segmentSize)];
    if (segment === undefined) throw new RangeError("There is no such record");
    return segment;
  }
}
