// Ids as bytes, and two hashes of them. Only places in a table depend on the hashes, no decision.

/** A key of 64 bits, secret to the process. */
export type HashKey = readonly [number, number];

export function createHashKey(): HashKey {
  const [one = 0, other = 0] = crypto.getRandomValues(new Int32Array(2));
  return [one, other];
}

/** An id as bytes: one per character, or two (the lower one first) if a character needs them. */
export interface PackedId {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly length: number;
  readonly isWide: boolean;
}

/** Packs a text. Exact for every text, lone surrogates included. */
export function toPackedId(text: string): PackedId {
  let seen = 0;
  for (let at = 0; at < text.length; at++) seen |= text.charCodeAt(at);
  const isWide = seen > 0xff;
  const bytes = new Uint8Array(isWide ? text.length * 2 : text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isWide) {
      bytes[2 * at] = code & 0xff;
      bytes[2 * at + 1] = code >>> 8;
    } else bytes[at] = code;
  }
  return { bytes, start: 0, length: bytes.length, isWide };
}

/**
 * HalfSipHash-1-3 of bytes, after a number of 32 bits: by the authors of SipHash
 * (https://github.com/veorq/SipHash), for tables whose keys strangers choose. An attacker who
 * chooses ids (`sub`) and does not know the key cannot build ids that collide (CWE-407). The round
 * is written out: as a function on shared state it takes five times as long.
 */
export function hashId([k0, k1]: HashKey, { bytes, start, length }: PackedId, tag: number): number {
  let v0 = k0;
  let v1 = k1;
  let v2 = 0x6c796765 ^ k0;
  let v3 = 0x74656462 ^ k1;
  // The tag comes first, then four bytes at a time, then the length, then three rounds.
  const blocks = (length + 3) >>> 2;
  for (let index = 0; index < blocks + 5; index++) {
    let block = 0;
    if (index === 0) block = tag;
    else if (index <= blocks) {
      const at = start + ((index - 1) << 2);
      for (let one = Math.min(at + 4, start + length) - 1; one >= at; one--) block = (block << 8) | (bytes[one] ?? 0);
    } else if (index === blocks + 1) block = length;
    else if (index === blocks + 2) v2 ^= 0xff;
    v3 ^= block;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= block;
  }
  return (v1 ^ v3) >>> 0;
}

/**
 * A hash of a few characters for the filter in front of the table: the last six, and two in the
 * middle, since some ids end alike (`…@clients`) and many begin alike (`auth0|…`). Texts that
 * collide are easy to find; each costs one look into the table.
 */
export function hashSample(text: string, tag: number): number {
  const end = text.length;
  const middle = end >>> 1;
  if (end < 6) return mix(tag, text.charCodeAt(0) | (text.charCodeAt(end - 1) << 8), text.charCodeAt(middle), end);
  const one = text.charCodeAt(end - 1) | (text.charCodeAt(end - 2) << 8) | (text.charCodeAt(end - 3) << 16);
  const other = text.charCodeAt(end - 4) | (text.charCodeAt(end - 5) << 8) | (text.charCodeAt(end - 6) << 16);
  return mix(tag, one, other, (text.charCodeAt(middle) | (text.charCodeAt(middle - 1) << 8)) ^ (end << 16));
}

/** `hashSample` of the text that was packed. */
export function hashPackedSample({ bytes, start, length, isWide }: PackedId, tag: number): number {
  const end = isWide ? length >>> 1 : length;
  const middle = end >>> 1;
  const read = (at: number): number =>
    isWide ? (bytes[start + 2 * at] ?? 0) | ((bytes[start + 2 * at + 1] ?? 0) << 8) : (bytes[start + at] ?? 0);
  if (end === 0) return mix(tag, 0, 0, 0);
  if (end < 6) return mix(tag, read(0) | (read(end - 1) << 8), read(middle), end);
  const one = read(end - 1) | (read(end - 2) << 8) | (read(end - 3) << 16);
  const other = read(end - 4) | (read(end - 5) << 8) | (read(end - 6) << 16);
  return mix(tag, one, other, (read(middle) | (read(middle - 1) << 8)) ^ (end << 16));
}

function mix(tag: number, one: number, other: number, third: number): number {
  let hash = Math.imul(one ^ (tag << 24), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ other, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ third, 0x27d4eb2f);
  return (hash ^ (hash >>> 16)) >>> 0;
}
