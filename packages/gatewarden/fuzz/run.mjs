// Runs cases one after the other and counts what became of them.
import { checkCase, isOpen, shrinkCase } from "./check-case.mjs";

/** @typedef {import("./check-case.mjs").Judge} Judge */

/**
 * @typedef {object} Tally
 * @property {number} cases
 * @property {number} accepted By both, with the same claims.
 * @property {number} refused By both.
 * @property {Record<string, number>} explained By rule.
 * @property {Record<string, number>} reasons The guard's, for all cases.
 * @property {Reproducer[]} unexplained The first of them, as small as they could be made.
 * @property {number} unexplainedCount
 */

/** @typedef {{ index: number, problem: string, shown: object }} Reproducer */

/**
 * @typedef {object} RunOptions
 * @property {number} seed
 * @property {number} first
 * @property {number} step
 * @property {number} end
 * @property {number} [until] Milliseconds since 1970 at which no further case is begun.
 */

/** Cases under way at once: jose verifies in other threads. */
const batchSize = 48;
const maxReproducers = 5;

/** @returns {Tally} */
export function createTally() {
  return { cases: 0, accepted: 0, refused: 0, explained: {}, reasons: {}, unexplained: [], unexplainedCount: 0 };
}

/** @param {(index: number) => { judge: Judge, tally: Tally }} choose @param {RunOptions} options */
export async function runCases(choose, { seed, first, step, end, until = Number.POSITIVE_INFINITY }) {
  for (let start = first; start < end && Date.now() < until; start += step * batchSize) {
    const indices = Array.from({ length: batchSize }, (_, place) => start + place * step).filter(
      (index) => index < end,
    );
    await Promise.all(indices.map((index) => runCase(choose(index), { seed, index })));
  }
}

/** @param {{ judge: Judge, tally: Tally }} subject @param {{ seed: number, index: number }} place */
async function runCase({ judge, tally }, place) {
  const finding = await checkCase(judge, place);
  const { said, rule, problem } = finding;
  tally.cases++;
  if (said !== undefined) count(tally.reasons, said);
  if (rule !== undefined) count(tally.explained, rule);
  else if (problem === undefined) tally[said === "accepted" ? "accepted" : "refused"]++;
  if (!isOpen(finding)) return;
  tally.unexplainedCount++;
  if (tally.unexplainedCount > maxReproducers) return;
  const { shown } = await shrinkCase(judge, place, finding);
  tally.unexplained.push({ index: place.index, problem: String(problem), shown });
}

/** @param {Record<string, number>} counts @param {string} name */
function count(counts, name) {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** Adds what another run counted. @param {Tally} total @param {Tally} part */
export function addTally(total, part) {
  for (const name of /** @type {const} */ (["cases", "accepted", "refused", "unexplainedCount"]))
    total[name] += part[name];
  for (const name of /** @type {const} */ (["explained", "reasons"])) {
    for (const [key, value] of Object.entries(part[name])) total[name][key] = (total[name][key] ?? 0) + value;
  }
  total.unexplained.push(...part.unexplained);
}
