// Tokens that were verified before. Found by a few characters, recognised by the whole token, bounded by number and bytes.
import { SlotTable } from "../fast/slot-table.js";
import { detachText } from "./detach-text.js";

/** Bounds of the cache. */
export interface CacheBounds {
  /** How many tokens are kept at most. */
  readonly maxEntries: number;
  /** How much memory they may take at most, by estimate. */
  readonly maxBytes: number;
}

/** How the cache is doing. */
export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
  readonly entries: number;
  /** By estimate. */
  readonly bytes: number;
}

/**
 * A clock: every entry has a mark that a hit sets; whoever needs room goes round, takes marks away, and drops the first entry without one. A
 * hit writes one mark at most, nothing is ever moved, and all of the room is used.
 */
export interface TokenCache<Entry extends CacheEntry, Grounds> {
  /** Where exactly this text is, if it was kept: good until something is kept or dropped. */
  find(text: string): number | undefined;
  /** What was kept there. */
  entryAt(index: number): Entry | undefined;
  groundsAt(index: number): Grounds | undefined;
  /**
   * Whether a text that was verified is to be kept: a copy of it, or undefined. It is when it comes for the second time: a flood of tokens
   * that never come back takes no room. One whose place is taken by another is not kept.
   */
  admit(text: string): string | undefined;
  /** Keeps an entry, with what it shares with others, for a text that was admitted. */
  keep(text: string, entry: Entry, grounds: Grounds): void;
  /** Drops one text, such as that of a token that expired. */
  delete(text: string): void;
  counts(): CacheCounts;
}

/** What the cache has to know of an entry. */
export interface CacheEntry {
  /** The cache's own: whether it was used since the hand came by. */
  isMarked: boolean;
}

/** A token's claims as objects take about as much again as twice its text. */
const bytesPerCharacter = 3;
const bytesPerEntry = 200;
/** How many marks one newcomer takes away at most: it must not wait while a full clock of marked entries is walked round. */
const maxSteps = 64;

/** Makes an empty cache. */
export function createTokenCache<Entry extends CacheEntry, Grounds>(bounds: CacheBounds): TokenCache<Entry, Grounds> {
  return new Clock(bounds);
}

class Clock<Entry extends CacheEntry, Grounds> implements TokenCache<Entry, Grounds> {
  readonly #bounds: CacheBounds;
  readonly #recent = new RecentPlaces();
  readonly #places = new SlotTable();
  // Not reached through each other, so that none is waited for before the other is asked for.
  readonly #texts: string[] = [];
  /** Entries and grounds by turns: what is read together lies together. */
  readonly #kept: (Entry | Grounds | undefined)[] = [];
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
    // Read first: the entry is on its way from memory while the texts are compared.
    const isMarked = entry?.isMarked;
    // A place is found by a few characters; only the whole text says that it is the one (CVE-2026-35039).
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

  groundsAt(index: number): Grounds | undefined {
    return this.#kept[2 * index + 1] as Grounds | undefined;
  }

  admit(text: string): string | undefined {
    const place = toPlace(text);
    if (bytesOf(text) > this.#bounds.maxBytes / 2 || !this.#recent.wasSeen(place)) return undefined;
    return this.#places.get(place) === -1 ? detachText(text) : undefined;
  }

  keep(text: string, entry: Entry, grounds: Grounds): void {
    const { maxEntries, maxBytes } = this.#bounds;
    const size = bytesOf(text);
    while (this.#texts.length >= maxEntries || this.#bytes + size > maxBytes) this.#makeRoom();
    this.#places.set(toPlace(text), this.#texts.length);
    this.#texts.push(text);
    this.#kept.push(entry, grounds);
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

  /** The last one takes its place on the clock, so that there are no gaps. */
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

/** Remembers which texts were verified lately, by their places: a fixed table, in which eight of them share a row. */
class RecentPlaces {
  readonly #rows = new Int32Array(1 << 16);
  #turn = 0;

  /** Whether the place was seen before; if not, it is noted instead of another of its row. */
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

/** 30 bits of the signature's last characters, as good as random (FNV-1a): a number that the engine need not allocate. */
function toPlace(text: string): number {
  let place = 0x811c9dc5 | 0;
  for (let index = text.length - 9; index < text.length - 2; index++) {
    place = Math.imul(place ^ text.charCodeAt(index), 0x01000193);
  }
  return place & 0x3fffffff;
}
