// What fast-check draws for one case, as the questions that drafts and mutations ask. Each answer is a number that shrinks towards 0, and
// so towards the first of a list: fewer mutations, the plainest value.
import fc from "fast-check";

/**
 * @typedef {object} Random
 * @property {(limit: number) => number} below A whole number from 0 to `limit` - 1.
 * @property {(percent: number) => boolean} chance True in so many of a hundred cases.
 * @property {<T>(list: readonly T[]) => T} pick One of the list.
 */

/** @type {Map<number, () => fc.Arbitrary<number>>} */
const numbers = new Map();

/** Each limit has one arbitrary, since fast-check knows a draw again by it. @param {number} limit */
function numbersBelow(limit) {
  const known = numbers.get(limit);
  if (known) return known;
  const arbitrary = fc.nat({ max: limit - 1 });
  const builder = () => arbitrary;
  numbers.set(limit, builder);
  return builder;
}

/** @param {fc.GeneratorValue} draw @returns {Random} */
export function toRandom(draw) {
  /** @param {number} limit */
  const below = (limit) => draw(numbersBelow(limit));
  return {
    below,
    // A number that shrinks to 0 leaves out what only sometimes happens.
    chance: (percent) => below(100) >= 100 - percent,
    pick: (list) => /** @type {(typeof list)[number]} */ (list[below(list.length)]),
  };
}

/**
 * The seed of one case, so that a case can be had without those before it: Murmur3's finaliser over both numbers.
 * @param {number} seed The run's.
 * @param {number} index
 */
export function toCaseSeed(seed, index) {
  return scramble(scramble(seed) ^ Math.imul(index + 1, 0x9e3779b1));
}

/** @param {number} value */
function scramble(value) {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
