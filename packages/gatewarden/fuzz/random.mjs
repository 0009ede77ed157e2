// Numbers that look random and come again: each case has its own, made of the run's seed and the case's index.

/**
 * @typedef {object} Random
 * @property {(limit: number) => number} below A whole number from 0 to `limit` - 1.
 * @property {(percent: number) => boolean} chance True in so many of a hundred cases.
 * @property {<T>(list: readonly T[]) => T} pick One of the list.
 */

/**
 * @param {number} seed
 * @param {number} index
 * @returns {Random}
 */
export function createRandom(seed, index) {
  let state = scramble(scramble(seed) ^ Math.imul(index + 1, 0x9e3779b1));
  /** @param {number} limit */
  const below = (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    return Math.floor((scramble(state) / 2 ** 32) * limit);
  };
  return {
    below,
    chance: (percent) => below(100) < percent,
    pick: (list) => /** @type {(typeof list)[number]} */ (list[below(list.length)]),
  };
}

/** Murmur3's finaliser: each bit of the input moves about half of the output. @param {number} value */
function scramble(value) {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
