// The revocations that a process knows: a hash table over packed records, and a filter in front of
// it, so that the check of a good token touches neither. Answers are exact: ids are compared whole.
import { Clearable } from "../../token/clearance.js";
import type { RevocationFacts } from "../refuse-revoked.js";
import { revocationGrace } from "../revocation.js";
import { ChunkWriter, type PackedEntry } from "./chunk.js";
import { createHashKey, hashId, hashPackedSample, hashSample, toPackedId } from "./hash.js";
import { IssuerNumbers } from "./issuer-numbers.js";
import { RecentChanges } from "./recent-changes.js";
import { extendTimes, type RecordName, Records, type RecordTimes } from "./records.js";
import { SampleFilter } from "./sample-filter.js";

/** Kinds as numbers: their index in `revocationKinds`. */
const [jti, sid, subject, clientId, wholeIssuer, everything] = [0, 1, 2, 3, 4, 5];

/** The clocks of a table, in seconds: since 1970, and monotonic since any moment. */
export interface TableClocks {
  readonly now: () => number;
  readonly host: () => number;
}

/** What a record has room for. No token that a guard accepts has a longer id. */
const maxIdLength = 65_535;

/** Bytes of a chunk, or a little more: transports limit messages (NATS: to 1 MiB). */
const chunkSize = 256 * 1024;

export class RevocationTable {
  readonly #key = createHashKey();
  readonly #records = new Records();
  readonly #clocks: TableClocks;
  readonly #maxEntries: number;
  readonly #issuers = new IssuerNumbers();
  readonly #counts = [0, 0, 0, 0, 0, 0];
  /** Pairs of a hash and a place with its lowest bit set. 0 for a free slot. */
  #index = new Uint32Array(2 * 1024);
  #mask = 1023;
  #filter = new SampleFilter(1024);
  #size = 0;
  /** Entries that left the table since the filter was made. */
  #gone = 0;
  #walks = 0;
  #swept = 0;
  readonly #recent = new RecentChanges();
  /** How often an entry was met that has ended: it counts again if the wall clock is set back. */
  #metEnded = 0;

  constructor(clocks: TableClocks, maxEntries: number) {
    this.#clocks = clocks;
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#size;
  }

  get hasRoom(): boolean {
    return this.#size < this.#maxEntries;
  }

  /**
   * A known token costs one comparison until the next change, and a few more after it: what is in
   * the table then said nothing about it, and leaving entries out later does not change that.
   */
  isRevoked(facts: RevocationFacts): boolean {
    // Read before the clock, which is the application's and may change or ask this table.
    const { state } = this.#recent;
    const metEnded = this.#metEnded;
    const cleared = Clearable.readClearance(facts);
    if (this.#size === 0 || cleared === state) return false;
    if (!this.#recent.concernNone(facts, cleared) && this.#hasMatch(facts)) return true;
    if (this.#metEnded === metEnded) Clearable.noteClearance(facts, state);
    return false;
  }

  #hasMatch(facts: RevocationFacts): boolean {
    const counts = this.#counts;
    const issuedAt = facts.issuedAt ?? Number.NEGATIVE_INFINITY;
    const issuer = this.#issuers.find(facts.issuer);
    if (issuer !== 0) {
      if (counts[jti] !== 0 && facts.jti !== undefined && this.#matches(jti, issuer, facts.jti, issuedAt)) return true;
      if (counts[sid] !== 0 && facts.sid !== undefined && this.#matches(sid, issuer, facts.sid, issuedAt)) return true;
      const { subject: sub, clientId: client } = facts;
      if (counts[subject] !== 0 && sub !== undefined && this.#matches(subject, issuer, sub, issuedAt)) return true;
      if (counts[clientId] !== 0 && client !== undefined && this.#matches(clientId, issuer, client, issuedAt))
        return true;
      if (counts[wholeIssuer] !== 0 && this.#matches(wholeIssuer, issuer, "", issuedAt)) return true;
    }
    return counts[everything] !== 0 && this.#matches(everything, 0, "", issuedAt);
  }

  #matches(kind: number, issuer: number, id: string, issuedAt: number): boolean {
    if (!this.#filter.mayHave(hashSample(id, kind))) return false;
    const sought = { ...toPackedId(id), kind, issuer };
    const place = this.#find(sought, this.#hash(sought));
    if (place === undefined) return false;
    const { expiresAt, issuedBefore } = this.#records.readTimes(place);
    // Not the other way round: a clock that returns NaN must not end an entry (CWE-636).
    const hasEnded = this.#clocks.now() >= expiresAt + revocationGrace;
    if (hasEnded) this.#metEnded++;
    return !hasEnded && issuedAt <= issuedBefore;
  }

  /**
   * Adds an entry, or extends the one for the same thing: nothing is ever shortened. `mark` says
   * when the log was seen to have it, 0 for not yet. True if that changed anything but the mark.
   * Throws `RangeError` when the table is full.
   */
  put(entry: PackedEntry, mark: number): boolean {
    const { bytes, start, length, isWide, kind, expiresAt, issuedBefore } = entry;
    if (length > maxIdLength) throw tooLong();
    const sought = { bytes, start, length, isWide, kind, issuer: this.#toIssuerNumber(entry.issuer) };
    const hash = this.#hash(sought);
    const place = this.#find(sought, hash);
    const keepUntil = this.#clocks.host() + expiresAt + revocationGrace - this.#clocks.now();
    if (place === undefined) {
      // It has ended by both clocks, as the sweep would find.
      if (this.#clocks.host() >= keepUntil) return false;
      this.#refuseFull();
      this.#insert(sought, hash, { expiresAt, issuedBefore, keepUntil, mark });
      return true;
    }
    const known = this.#records.readTimes(place);
    const isExtended = expiresAt > known.expiresAt || issuedBefore > known.issuedBefore;
    if (isExtended) this.#recent.note(sought);
    this.#records.update(place, extendTimes(known, { expiresAt, issuedBefore, keepUntil, mark }, isExtended));
    return isExtended;
  }

  /**
   * The entries as chunks, from a random segment on, so that several processes do not begin at the
   * same end. A caller gives way between chunks; entries that are added meanwhile may be left out.
   * `mark`: only those that the log was not seen to have since.
   */
  *chunks(mark?: number): Generator<Uint8Array<ArrayBuffer>> {
    this.#walks++;
    try {
      const { segments } = this.#records;
      const first = Math.floor(Math.random() * segments);
      let writer = new ChunkWriter();
      for (let step = 0; step < segments; step++) {
        for (const place of this.#records.placesOf((first + step) % segments)) {
          const { mark: seen, expiresAt, issuedBefore } = this.#records.readTimes(place);
          if (mark !== undefined && seen === mark) continue;
          const name = this.#records.readName(place);
          writer.add({ ...name, issuer: this.#issuers.nameOf(name.issuer), expiresAt, issuedBefore });
          if (writer.length < chunkSize) continue;
          yield writer.take();
          writer = new ChunkWriter();
        }
      }
      if (writer.length > 1) yield writer.take();
    } finally {
      this.#walks--;
    }
  }

  /**
   * Drops expired entries of one segment. An entry ends by both clocks: a wall clock that is ahead
   * for a while drops none.
   */
  sweep(): void {
    if (this.#walks > 0 || this.#records.segments === 0) return;
    this.#swept = (this.#swept + 1) % this.#records.segments;
    const [now, host] = [this.#clocks.now(), this.#clocks.host()];
    for (const place of this.#records.placesOf(this.#swept)) {
      const { expiresAt, keepUntil } = this.#records.readTimes(place);
      if (now >= expiresAt + revocationGrace && host >= keepUntil) this.#remove(place);
    }
    if (this.#records.isSparse(this.#swept)) this.#compact(this.#swept);
    if (this.#gone > this.#size + 1024) this.#rebuild(this.#mask + 1);
  }

  /** Moves the records of a segment, and gives its memory back. */
  #compact(segment: number): void {
    for (const place of this.#records.placesOf(segment)) {
      const name = this.#records.readName(place);
      const slot = this.#findSlot(this.#hash(name), place);
      if (slot === undefined) continue;
      const moved = this.#records.add(name, this.#records.readTimes(place));
      this.#index[2 * slot + 1] = moved | 1;
    }
    this.#records.drop(segment);
  }

  #toIssuerNumber(issuer: string): number {
    const known = this.#issuers.find(issuer);
    if (known !== 0 || issuer === "") return known;
    // A full table must not grow by names of issuers (CWE-770).
    this.#refuseFull();
    if (toPackedId(issuer).length > maxIdLength) throw tooLong();
    return this.#issuers.add(issuer);
  }

  #refuseFull(): void {
    if (this.#size >= this.#maxEntries) throw new RangeError(`There are more than ${this.#maxEntries} revocations`);
  }

  #hash(name: RecordName): number {
    return hashId(this.#key, name, (name.issuer << 4) | (name.isWide ? 8 : 0) | name.kind);
  }

  #find(sought: RecordName, hash: number): number | undefined {
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const place = this.#index[2 * slot + 1] ?? 0;
      if (place === 0) return undefined;
      if (this.#index[2 * slot] !== hash) continue;
      const found = (place & ~1) >>> 0;
      if (this.#records.isSame(found, sought)) return found;
    }
  }

  #findSlot(hash: number, place: number): number | undefined {
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const found = this.#index[2 * slot + 1] ?? 0;
      if (found === 0) return undefined;
      if (found >>> 1 === place >>> 1) return slot;
    }
  }

  #insert(name: RecordName, hash: number, times: RecordTimes): void {
    this.#recent.note(name);
    if (this.#size * 4 >= this.#mask * 3) this.#rebuild((this.#mask + 1) * 2);
    this.#occupy(hash, this.#records.add(name, times) | 1);
    this.#filter.add(hashPackedSample(name, name.kind));
    this.#counts[name.kind] = (this.#counts[name.kind] ?? 0) + 1;
    this.#size++;
  }

  #occupy(hash: number, place: number): void {
    let slot = hash & this.#mask;
    while (this.#index[2 * slot + 1] !== 0) slot = (slot + 1) & this.#mask;
    this.#index[2 * slot] = hash;
    this.#index[2 * slot + 1] = place;
  }

  /** Closes the gap, so that no search ends at it before it has found what lies behind. */
  #remove(place: number): void {
    const name = this.#records.readName(place);
    let gap = this.#findSlot(this.#hash(name), place);
    if (gap === undefined) return;
    for (let slot = (gap + 1) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const hash = this.#index[2 * slot] ?? 0;
      const other = this.#index[2 * slot + 1] ?? 0;
      if (other === 0) break;
      const distance = (slot - (hash & this.#mask)) & this.#mask;
      if (distance < ((slot - gap) & this.#mask)) continue;
      this.#index[2 * gap] = hash;
      this.#index[2 * gap + 1] = other;
      gap = slot;
    }
    this.#index[2 * gap + 1] = 0;
    this.#records.remove(place);
    this.#counts[name.kind] = (this.#counts[name.kind] ?? 0) - 1;
    this.#size--;
    this.#gone++;
  }

  /** Makes room for so many entries at once, where they are known to come. */
  reserve(count: number): void {
    let slots = this.#mask + 1;
    while (Math.min(count, this.#maxEntries) * 4 >= (slots - 1) * 3) slots *= 2;
    if (slots > this.#mask + 1) this.#rebuild(slots);
  }

  /** Makes index and filter anew, with so many slots. */
  #rebuild(slots: number): void {
    const old = this.#index;
    this.#index = new Uint32Array(2 * slots);
    this.#mask = slots - 1;
    for (let slot = 0; slot < old.length; slot += 2) {
      const place = old[slot + 1] ?? 0;
      if (place !== 0) this.#occupy(old[slot] ?? 0, place);
    }
    this.#filter = new SampleFilter(slots);
    this.#gone = 0;
    // In the order of memory: in that of the index, each record is one that the processor awaits.
    for (let segment = 0; segment < this.#records.segments; segment++) {
      for (const place of this.#records.placesOf(segment)) {
        const name = this.#records.readName(place);
        this.#filter.add(hashPackedSample(name, name.kind));
      }
    }
  }
}

function tooLong(): TypeError {
  return new TypeError("The id or the issuer of a revocation is longer than any token");
}
