// Runs cases one after the other and counts what became of them.
import { askGuard, askJose } from "./decide.mjs";
import { createDraft, finish } from "./draft.mjs";
import { mutate } from "./mutations.mjs";
import { createRandom } from "./random.mjs";
import { explain, findBroken } from "./rules.mjs";

/**
 * @typedef {object} Tally
 * @property {number} cases
 * @property {number} accepted By both, with the same claims.
 * @property {number} refused By both.
 * @property {Record<string, number>} explained By rule.
 * @property {Record<string, number>} reasons The guard's, for all cases.
 * @property {Reproducer[]} unexplained The first of them.
 * @property {number} unexplainedCount
 */

/**
 * @typedef {object} Reproducer
 * @property {number} index
 * @property {string} problem
 * @property {string} token
 * @property {string} configuration
 * @property {number} now
 * @property {unknown} keySet
 */

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

/** @param {RunOptions} options @returns {Promise<Tally>} */
export async function runCases({ seed, first, step, end, until = Number.POSITIVE_INFINITY }) {
  const tally = createTally();
  for (let start = first; start < end && Date.now() < until; start += step * batchSize) {
    const indices = Array.from({ length: batchSize }, (_, place) => start + place * step).filter(
      (index) => index < end,
    );
    await Promise.all(indices.map((index) => runCase(seed, index, tally)));
  }
  return tally;
}

/** @param {number} seed @param {number} index @param {Tally} tally */
async function runCase(seed, index, tally) {
  const random = createRandom(seed, index);
  const draft = createDraft(random);
  mutate(random, draft);
  const token = finish(random, draft);
  tally.cases++;
  const { problem, rule, ours } = await decide(token, draft);
  if (ours) count(tally.reasons, ours.why);
  if (rule !== undefined) count(tally.explained, rule);
  else if (problem === undefined) tally[ours?.accepted ? "accepted" : "refused"]++;
  else {
    tally.unexplainedCount++;
    const { configuration, now, keySet } = draft;
    const reproducer = { index, problem, token, configuration: configuration.name, now, keySet };
    if (tally.unexplained.length < maxReproducers) tally.unexplained.push(reproducer);
  }
}

/**
 * @param {string} token
 * @param {import("./draft.mjs").Draft} draft
 * @returns {Promise<{ problem?: string, rule?: string | undefined, ours?: import("./decide.mjs").Decision }>}
 */
async function decide(token, draft) {
  try {
    const [ours, jose] = await Promise.all([askGuard(draft, token), askJose(draft, token)]);
    return { ...compare(token, draft, { ours, jose }), ours };
  } catch (error) {
    // Neither an acceptance nor a refusal: something broke, which is a finding too.
    return { problem: `thrown: ${error}` };
  }
}

/**
 * @param {string} token
 * @param {import("./draft.mjs").Draft} draft
 * @param {Record<"ours" | "jose", import("./decide.mjs").Decision>} decisions
 * @returns {{ problem?: string, rule?: string | undefined }}
 */
function compare(token, draft, { ours, jose }) {
  if (ours.accepted !== jose.accepted) {
    return { problem: `guard: ${ours.why}; jose: ${jose.why}`, rule: explain(token, draft, { ours, jose }) };
  }
  if (!ours.accepted) return {};
  if (JSON.stringify(ours.claims) !== JSON.stringify(jose.claims)) return { problem: "accepted with different claims" };
  // What only the guard demands, it demands of every token.
  const broken = findBroken(token, draft);
  return broken === undefined ? {} : { problem: `accepted by both, against the rule: ${broken}` };
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
