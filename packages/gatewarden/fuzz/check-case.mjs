// One case as a property of fast-check: run once, and where it finds something, made as small as it can be.
import fc from "fast-check";
import { toCaseSeed, toRandom } from "./random.mjs";

/** @typedef {import("./random.mjs").Random} Random */

/**
 * What became of a case.
 * @typedef {object} Finding
 * @property {string} [said] The guard's reason, or `accepted`. Absent where it broke.
 * @property {string | undefined} [rule] What explains the difference.
 * @property {string | undefined} [problem] The difference, or what else is not as it must be.
 * @property {object} shown What reproduces it.
 */

/** Draws a case and decides it. @typedef {(random: Random) => Promise<Finding>} Judge */

const patienceMs = 20_000;

/** @param {Judge} judge @param {{ seed: number, index: number }} place @returns {Promise<Finding>} */
export async function checkCase(judge, place) {
  /** @type {Finding | undefined} */
  let finding;
  const { errorInstance } = await check(place, { endOnFailure: true }, async (random) => {
    finding = await judge(random);
  });
  if (finding !== undefined) return finding;
  throw new Error(`Case ${place.index} of seed ${place.seed} cannot be drawn`, { cause: errorInstance });
}

/**
 * The smallest case with the same problem that fast-check finds on its way from this one.
 * @param {Judge} judge
 * @param {{ seed: number, index: number }} place
 * @param {Finding} found
 */
export async function shrinkCase(judge, place, found) {
  let smallest = found;
  await check(place, { interruptAfterTimeLimit: patienceMs }, async (random) => {
    const finding = await judge(random);
    if (!isOpen(finding) || finding.problem !== found.problem) return;
    smallest = finding;
    throw new Error(finding.problem);
  });
  return smallest;
}

/** Whether the finding is a problem that no rule explains. @param {Finding} finding */
export function isOpen({ problem, rule }) {
  return problem !== undefined && rule === undefined;
}

/**
 * Without bias: a list's ends are no better than its middle.
 * @param {{ seed: number, index: number }} place
 * @param {import("fast-check").Parameters<[fc.GeneratorValue]>} parameters
 * @param {(random: Random) => Promise<void>} predicate
 */
function check({ seed, index }, parameters, predicate) {
  const property = fc.asyncProperty(fc.gen(), (draw) => predicate(toRandom(draw)));
  return fc.check(property, { seed: toCaseSeed(seed, index), numRuns: 1, unbiased: true, ...parameters });
}
