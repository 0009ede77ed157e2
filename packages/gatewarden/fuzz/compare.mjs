// Two decisions about one case: agreed, explained by a rule, or neither.

/** @typedef {import("./check-case.mjs").Finding} Finding */

/**
 * @typedef {object} Decision
 * @property {boolean} accepted
 * @property {string} why The guard's reason or the oracle's code.
 * @property {unknown} [claims]
 */

/**
 * @param {Record<"ours" | "jose", Decision>} decisions
 * @param {{ explain: () => string | undefined, findBroken: () => string | undefined }} rules The rule that explains the difference; the
 *   rule that a case breaks although both accepted it.
 * @returns {{ problem?: string, rule?: string | undefined }}
 */
export function compare({ ours, jose }, { explain, findBroken }) {
  if (ours.accepted !== jose.accepted) return { problem: `guard: ${ours.why}; jose: ${jose.why}`, rule: explain() };
  if (!ours.accepted) return {};
  if (JSON.stringify(ours.claims) !== JSON.stringify(jose.claims)) return { problem: "accepted with different claims" };
  // What only the guard demands, it demands of every case.
  const broken = findBroken();
  return broken === undefined ? {} : { problem: `accepted by both, against the rule: ${broken}` };
}
