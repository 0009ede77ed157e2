// The cache of verified tokens. Looks up by a few characters, compares the whole token, and is
// bounded by number and bytes.
import { SlotTable } from "../fast/slot-table.js";
import { detachText } from "./detach-text.js";

/** Bounds of the cache. */
export interface CacheBounds {
  /** Maximum number of tokens. */
  readonly maxEntries: number;
  /** Maximum memory in bytes, by estimate. */
  readonly maxBytes: number;
}

/** Counters of the cache. */
export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
  readonly entries: number;
  /** By estimate. */
  readonly bytes: number;
}

/**
 * CLOCK eviction: a hit sets an entry's mark. To make room, the hand clears marks and evicts the
 * first entry without one. A hit writes at most one mark, entries are never moved on a hit, and the
 * whole capacity is used.
 */
export interface TokenCache<Entry extends CacheEntry, VerifiedBy> {
  /** The index of exactly this text, if present. Valid until an entry is added or removed. */
  find(text: string): number | undefined;
  /** The entry at that index. */
  entryAt(index: number): Entry | undefined;
  verifiedByAt(index: number): VerifiedBy | undefined;
  /**
   * A copy of a verified text if it should be kept, else undefined. A text is kept when it is seen
   * for the second time, so a flood of tokens that never return takes no space. A text whose slot
   * is taken by another is not kept.
   */
  admit(text: string): string | undefined;
  /** Stores an entry, with what its verification depended on, for an admitted text. */
  keep(text: string, entry: Entry, verifiedBy: VerifiedBy): void;
  /** Removes one text, such as an expired token. */
  delete(text: string): void;
  counts(): CacheCounts;
}

/** What the cache needs from an entry. */
export interface CacheEntry {
  /** Used by the cache: whether the entry was hit since the hand last passed. */
  isMarked: boolean;
}

/** A token's claims take about twice as much memory as its text. */
const bytesPerCharacter = 3;
const bytesPerEntry = 200;
/**
 * How many marks one new entry clears at most, so that it never walks a full clock of marked
 * entries.
 */
const maxSteps = 64;

/** Creates an empty cache. */
export function createTokenCache<Entry extends CacheEntry, VerifiedBy>(
  bounds: CacheBounds,
): TokenCache<Entry, VerifiedBy> {
  return new Clock(bounds);
}

class Clock<Entry extends CacheEntry, VerifiedBy> implements TokenCache<Entry, VerifiedBy> {
  readonly #bounds: CacheBounds;
  readonly #recent = new RecentPlaces();
  readonly #places = new SlotTable();
  // Separate arrays, so that the reads do not depend on each other.
  readonly #texts: string[] = [];
  /**
   * Each entry is followed by what it was verified by, so that what is read together is adjacent.
   */
  readonly #kept: (Entry | VerifiedBy | undefined)[] = [];
  #hand = 0;
  #bytes = 0;
  #hits = 0;
  #misses = 0;

  constructor(bounds: CacheBounds) {
    this.#bounds = bounds;
  }

  find(text: string): number | undefined {
    const index = this.#places.get(toPlace(text));
    const entry = index === -1 ? undefined : this.entryAt(index);
    // Read first: the entry is loaded from memory while the texts are compared.
    const isMarked = entry?.isMarked;
    // A slot is found by a few characters; only the whole text identifies the token
    // (CVE-2026-35039).
    if (entry === undefined || this.#texts[index] !== text) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    if (isMarked === false) entry.isMarked = true;
    return index;
  }

  entryAt(index: number): Entry | undefined {
    return this.#kept[2 * index] as Entry | undefined;
  }

  verifiedByAt(index: number): VerifiedBy | undefined {
    return this.#kept[2 * index + 1] as VerifiedBy | undefined;
  }

  admit(text: string): string | undefined {
    const place = toPlace(text);
    if (bytesOf(text) > this.#bounds.maxBytes / 2 || !this.#recent.wasSeen(place)) return undefined;
    return this.#places.get(place) === -1 ? detachText(text) : undefined;
  }

  keep(text: string, entry: Entry, verifiedBy: VerifiedBy): void {
    const { maxEntries, maxBytes } = this.#bounds;
    const size = bytesOf(text);
    while (this.#texts.length >= maxEntries || this.#bytes + size > maxBytes) this.#makeRoom();
    this.#places.set(toPlace(text), this.#texts.length);
    this.#texts.push(text);
    this.#kept.push(entry, verifiedBy);
    this.#bytes += size;
  }

  delete(text: string): void {
    const index = this.#places.get(toPlace(text));
    if (index !== -1 && this.#texts[index] === text) this.#drop(index);
  }

  counts(): CacheCounts {
    return { hits: this.#hits, misses: this.#misses, entries: this.#texts.length, bytes: this.#bytes };
  }

  #makeRoom(): void {
    for (let step = 0; ; step++) {
      if (this.#hand >= this.#texts.length) this.#hand = 0;
      const entry = this.entryAt(this.#hand);
      if (entry === undefined || !entry.isMarked || step === maxSteps) {
        this.#drop(this.#hand);
        return;
      }
      entry.isMarked = false;
      this.#hand++;
    }
  }

  /** The last entry moves into the gap. */
  #drop(index: number): void {
    const text = this.#texts[index] ?? "";
    this.#places.delete(toPlace(text));
    this.#bytes -= bytesOf(text);
    const lastText = this.#texts.pop();
    const last = this.#kept.splice(-2);
    if (lastText === undefined || index === this.#texts.length) return;
    this.#texts[index] = lastText;
    [this.#kept[2 * index], this.#kept[2 * index + 1]] = last;
    this.#places.set(toPlace(lastText), index);
  }
}

/** Remembers slots of recently verified texts: a fixed table in which eight share a row. */
class RecentPlaces {
  readonly #rows = new Int32Array(1 << 16);
  #turn = 0;

  /** Whether the slot was seen before. If not, it replaces another of its row. */
  wasSeen(place: number): boolean {
    const row = place & (this.#rows.length - 8);
    for (let index = row; index < row + 8; index++) {
      if (this.#rows[index] === place) return true;
    }
    this.#turn = (this.#turn + 1) & 7;
    this.#rows[row + this.#turn] = place;
    return false;
  }
}

function bytesOf(text: string): number {
  return text.length * bytesPerCharacter + bytesPerEntry;
}

/**
 * 30 bits of a hash (FNV-1a) of the signature's last characters, which are as good as random. A
 * number this small needs no allocation.
 */
function toPlace(text: string): number {
  let place = 0x811c9dc5 | 0;
  for (let index = text.length - 9; index < text.length - 2; index++) {
    place = Math.imul(place ^ text.charCodeAt(index), 0x01000193);
  }
  return place & 0x3fffffff;
}
