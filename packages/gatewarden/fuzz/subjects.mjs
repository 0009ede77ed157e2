// What is fuzzed: access tokens, and in every fifth case a DPoP proof with its token. Each is counted apart.
import { judgeProof } from "./proof-cases.mjs";
import { addTally, createTally, runCases } from "./run.mjs";
import { judgeToken } from "./token-cases.mjs";

/** @typedef {Record<"tokens" | "proofs", import("./run.mjs").Tally>} Tallies */

/** @returns {Tallies} */
export function createTallies() {
  return { tokens: createTally(), proofs: createTally() };
}

/** @param {import("./run.mjs").RunOptions} options @returns {Promise<Tallies>} */
export async function fuzz(options) {
  const tallies = createTallies();
  const tokens = { judge: judgeToken, tally: tallies.tokens };
  const proofs = { judge: judgeProof, tally: tallies.proofs };
  await runCases((index) => (index % 5 === 4 ? proofs : tokens), options);
  return tallies;
}

/** Adds what another run counted. @param {Tallies} total @param {Tallies} part */
export function addTallies(total, part) {
  addTally(total.tokens, part.tokens);
  addTally(total.proofs, part.proofs);
}
