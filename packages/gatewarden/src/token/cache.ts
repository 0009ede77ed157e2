// Tokens that were verified before. Found by a short slice, recognised by comparing the whole token, bounded by number and bytes.

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

interface Entry<Value> {
  readonly token: string;
  readonly value: Value;
}

/**
 * Two generations: when the young one is half of the bound, it becomes the old one, and what was old is dropped at once. A hit in the old one
 * moves up. That costs less than keeping an exact order, and nothing is ever scanned.
 */
export interface TokenCache<Value> {
  /** What was kept for exactly this token. */
  get(token: string): Value | undefined;
  /**
   * Offers a verified token. It is kept the second time it is offered: a flood of tokens that never come back takes no room. One that
   * shares its last characters with a kept one is not kept.
   */
  offer(token: string, value: Value): void;
  /** Drops one token, such as one that expired. */
  delete(token: string): void;
  counts(): CacheCounts;
}

/** Characters of the signature that find an entry. They are as good as random, and the whole token is compared (CVE-2026-35039). */
const tailLength = 43;
/** A token's claims as objects take about as much again as twice its text. */
const bytesPerCharacter = 3;
const bytesPerEntry = 200;
/** Where a first offer is noted: a power of two, so that a hash can be cut to an index. */
const doorSize = 1 << 15;

/** Makes an empty cache. */
export function createTokenCache<Value>({ maxEntries, maxBytes }: CacheBounds): TokenCache<Value> {
  let young = new Map<string, Entry<Value>>();
  let old = new Map<string, Entry<Value>>();
  let youngBytes = 0;
  let oldBytes = 0;
  let hits = 0;
  let misses = 0;
  const door = new Int32Array(doorSize);

  const keep = (tail: string, entry: Entry<Value>): void => {
    const size = bytesOf(entry.token);
    if (young.size >= maxEntries / 2 || youngBytes + size > maxBytes / 2) {
      old = young;
      oldBytes = youngBytes;
      young = new Map();
      youngBytes = 0;
    }
    young.set(tail, entry);
    youngBytes += size;
  };

  return {
    get(token) {
      const tail = token.slice(-tailLength);
      let entry = young.get(tail);
      if (entry === undefined) {
        entry = old.get(tail);
        if (entry?.token === token) {
          old.delete(tail);
          oldBytes -= bytesOf(token);
          keep(tail, entry);
        }
      }
      if (entry?.token !== token) {
        misses++;
        return undefined;
      }
      hits++;
      return entry.value;
    },
    offer(token, value) {
      if (bytesOf(token) > maxBytes / 2) return;
      const hash = hashTail(token);
      const place = hash & (doorSize - 1);
      if (door[place] !== hash) {
        door[place] = hash;
        return;
      }
      const tail = copy(token.slice(-tailLength));
      if (young.has(tail) || old.has(tail)) return;
      keep(tail, { token: copy(token), value });
    },
    delete(token) {
      const tail = token.slice(-tailLength);
      if (young.get(tail)?.token === token && young.delete(tail)) youngBytes -= bytesOf(token);
      if (old.get(tail)?.token === token && old.delete(tail)) oldBytes -= bytesOf(token);
    },
    counts: () => ({ hits, misses, entries: young.size + old.size, bytes: youngBytes + oldBytes }),
  };
}

function bytesOf(token: string): number {
  return token.length * bytesPerCharacter + bytesPerEntry;
}

/** 32 bits of the token's last characters (FNV-1a). Only verified tokens are offered, so nobody picks collisions at will. */
function hashTail(token: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let index = token.length - 12; index < token.length; index++) {
    hash = Math.imul(hash ^ token.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/** A string of its own: a slice would keep the whole request header, or more, alive. */
function copy(text: string): string {
  return typeof Buffer === "function" ? Buffer.from(text, "latin1").toString("latin1") : `${text} `.slice(0, -1);
}
