// The other way to take the steps of the road: collect all refusals that can be had. For `explain`.
import type { AuthError } from "../errors.js";
import { type Rule, type Step, toAuthError } from "./step.js";

/** Is told of refusals. */
export interface Collector<Facts> {
  /** Told of each refusal as it is found. */
  refused(refusal: AuthError, step: Step<Facts>): void;
  /** Told of each step that was taken. Says whether it counts as passed. */
  ended(step: Step<Facts>, isPassed: boolean): boolean;
}

/**
 * Takes every step whose needs have passed, with all of its rules, and goes on after refusals: the way of an explanation. Steps
 * that leave a trace are left out. Never rejects.
 */
export async function collectAll<Facts>(
  steps: readonly Step<Facts>[],
  facts: Facts,
  collector: Collector<Facts>,
): Promise<void> {
  const passed = new Set<string>();
  for (const step of steps) {
    if (step.leavesTrace || !step.needs.every((name) => passed.has(name))) continue;
    let isPassed = true;
    for (const rule of step.rules) {
      const refusal = await takeRule(rule, facts);
      if (refusal) collector.refused(refusal, step);
      if (refusal) isPassed = false;
    }
    if (collector.ended(step, isPassed)) passed.add(step.name);
  }
}

async function takeRule<Facts>(rule: Rule<Facts>, facts: Facts): Promise<AuthError | undefined> {
  try {
    return await rule(facts);
  } catch (error) {
    return toAuthError(error);
  }
}
