// Stands in for `explain.ts` in bundles that were built with the condition `gatewarden-lean`. It
// leaves out texts alone: nothing here takes part in a decision.
import { ConfigError } from "../errors.js";
import { warn } from "../platform/runtime.js";

let hasWarned = false;

/** Always undefined, so refusals stay generic. Says so once. */
export function toExplanation(): undefined {
  if (hasWarned) return;
  hasWarned = true;
  warn("GATEWARDEN_EXPLAIN", `The texts for \`explain\` were left out${byCondition}; refusals stay generic`);
}

/** Rejects with `ConfigError`: an empty list of findings would read as "nothing is wrong". */
export async function explainPresented(): Promise<never> {
  throw new ConfigError({
    option: "guard.explain",
    problem: `was left out${byCondition}`,
    example: "npx gatewarden explain <token>, or a bundle without that condition",
  });
}

const byCondition = " of this bundle by its condition gatewarden-lean";
