// The driver for `explain`: runs all steps that can still run and collects every refusal.
import type { AuthError } from "../errors.js";
import { type Rule, type Step, toAuthError } from "./step.js";

/** Receives what `collectAll` finds. */
export interface Collector<Facts> {
  /** Called for each refusal as it is found. */
  refused(refusal: AuthError, step: Step<Facts>): void;
  /** Called after each step that ran. Returns whether the step counts as passed. */
  ended(step: Step<Facts>, isPassed: boolean): boolean;
}

/**
 * Runs every step whose needs have passed, with all of its rules, and continues after refusals.
 * Skips steps that leave a trace. Never rejects.
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
