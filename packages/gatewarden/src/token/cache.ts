// Tokens that were verified before. Found by a few characters, recognised by the whole token, bounded by number and bytes.

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
 * Two generations: when the young one is half of the bound, it becomes the old one, and what was old is dropped at once. A hit in the old one
 * moves up. That costs less than keeping an exact order, and nothing is ever scanned.
 */
export interface TokenCache<Value> {
  /** What was kept for exactly this token. */
  get(token: string): Value | undefined;
  /**
   * Offers a verified token. It is kept the second time it is offered: a flood of tokens that never come back takes no room. One whose
   * place is taken by another is not kept.
   */
  offer(token: string, value: Value): void;
  /** Drops one token, such as one that expired. */
  delete(token: string): void;
  counts(): CacheCounts;
}

interface Entry<Value> {
  readonly token: string;
  readonly value: Value;
}

/** A token's claims as objects take about as much again as twice its text. */
const bytesPerCharacter = 3;
const bytesPerEntry = 200;

/** Makes an empty cache. */
export function createTokenCache<Value>(bounds: CacheBounds): TokenCache<Value> {
  return new Generations(bounds);
}

class Generations<Value> implements TokenCache<Value> {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  readonly #door = new Door();
  #young = new Map<number, Entry<Value>>();
  #old = new Map<number, Entry<Value>>();
  #youngBytes = 0;
  #oldBytes = 0;
  #hits = 0;
  #misses = 0;

  constructor({ maxEntries, maxBytes }: CacheBounds) {
    this.#maxEntries = maxEntries / 2;
    this.#maxBytes = maxBytes / 2;
  }

  get(token: string): Value | undefined {
    const place = toPlace(token);
    const entry = this.#young.get(place) ?? this.#old.get(place);
    // A place is found by a few characters; only the whole token says that it is the one (CVE-2026-35039).
    if (entry?.token !== token) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    if (this.#old.delete(place)) {
      this.#oldBytes -= bytesOf(token);
      this.#keep(place, entry);
    }
    return entry.value;
  }

  offer(token: string, value: Value): void {
    if (bytesOf(token) > this.#maxBytes || !this.#door.wasSeen(toFingerprint(token))) return;
    const place = toPlace(token);
    if (this.#young.has(place) || this.#old.has(place)) return;
    this.#keep(place, { token: copy(token), value });
  }

  delete(token: string): void {
    const place = toPlace(token);
    if (this.#young.get(place)?.token === token && this.#young.delete(place)) this.#youngBytes -= bytesOf(token);
    if (this.#old.get(place)?.token === token && this.#old.delete(place)) this.#oldBytes -= bytesOf(token);
  }

  counts(): CacheCounts {
    return {
      hits: this.#hits,
      misses: this.#misses,
      entries: this.#young.size + this.#old.size,
      bytes: this.#youngBytes + this.#oldBytes,
    };
  }

  #keep(place: number, entry: Entry<Value>): void {
    const size = bytesOf(entry.token);
    if (this.#young.size >= this.#maxEntries || this.#youngBytes + size > this.#maxBytes) {
      this.#old = this.#young;
      this.#oldBytes = this.#youngBytes;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(place, entry);
    this.#youngBytes += size;
  }
}

/** Remembers which tokens were offered lately, by a fingerprint each: a fixed table, in which eight of them share a row. */
class Door {
  readonly #rows = new Int32Array(1 << 16);
  #turn = 0;

  /** Whether the fingerprint was seen before; if not, it is noted in place of another of its row. */
  wasSeen(fingerprint: number): boolean {
    const row = fingerprint & (this.#rows.length - 8);
    for (let index = row; index < row + 8; index++) {
      if (this.#rows[index] === fingerprint) return true;
    }
    this.#turn = (this.#turn + 1) & 7;
    this.#rows[row + this.#turn] = fingerprint;
    return false;
  }
}

function bytesOf(token: string): number {
  return token.length * bytesPerCharacter + bytesPerEntry;
}

/** 30 bits of the signature's last characters, as good as random: a number that the engine need not allocate. */
function toPlace(token: string): number {
  let place = 0;
  for (let index = token.length - 7; index < token.length - 2; index++) {
    place = (place << 6) | ((token.charCodeAt(index) * 37) & 63);
  }
  return place;
}

/** 32 bits of more of them (FNV-1a). Only verified tokens are offered, so nobody picks collisions at will. */
function toFingerprint(token: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let index = token.length - 14; index < token.length; index++) {
    hash = Math.imul(hash ^ token.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/** A string of its own: a slice would keep the whole request header, or more, alive. */
function copy(text: string): string {
  return typeof Buffer === "function" ? Buffer.from(text, "latin1").toString("latin1") : `${text} `.slice(0, -1);
}
