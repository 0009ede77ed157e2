// Bound tokens with their proofs: drafted, changed, written, and given to the guard and to the oracle.
import { AuthError } from "gatewarden";
import { compare } from "./compare.mjs";
import { clock } from "./configurations.mjs";
import { memory } from "./proof-configurations.mjs";
import { createProofDraft, present } from "./proof-draft.mjs";
import { mutateProof } from "./proof-mutations.mjs";
import { askOracle } from "./proof-oracle.mjs";
import { explainProof, findBrokenProof } from "./proof-rules.mjs";

/** @typedef {import("./compare.mjs").Decision} Decision */
/** @typedef {import("./proof-draft.mjs").Presentation} Presentation */
/** @typedef {import("./proof-draft.mjs").ProofDraft} ProofDraft */

/** @type {import("./check-case.mjs").Judge} */
export async function judgeProof(random) {
  const draft = createProofDraft(random);
  mutateProof(random, draft);
  const presentation = present(random, draft);
  const { configuration, now } = draft;
  const shown = { ...presentation, configuration: configuration.name, now };
  try {
    const decisions = { ours: await askGuard(draft, presentation), jose: await askOracle(draft, presentation) };
    const rules = {
      explain: () => explainProof(draft, presentation, decisions),
      findBroken: () => findBrokenProof(draft, presentation),
    };
    return { said: decisions.ours.why, ...compare(decisions, rules), shown };
  } catch (error) {
    // Neither an acceptance nor a refusal: something broke, which is a finding too.
    return { problem: `thrown: ${error}`, shown };
  }
}

/** @param {ProofDraft} draft @param {Presentation} presentation @returns {Promise<Decision>} */
async function askGuard({ configuration: { guard }, now }, { request, isTwice }) {
  const ask = async () => {
    if (isTwice) await guard.attempt({ ...request });
    return guard.attempt(request);
  };
  const outcome = await clock.run(now, () => memory.run(new Set(), ask));
  if (outcome instanceof AuthError) return { accepted: false, why: outcome.reason };
  return { accepted: true, why: "accepted", claims: /** @type {{ claims?: unknown }} */ (outcome).claims };
}
