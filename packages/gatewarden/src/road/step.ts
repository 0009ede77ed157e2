// What a step of the road is, and the guard's driver: stop at the first refusal. `collect.ts` has
// the other driver.
import { AuthError } from "../errors.js";
import type { Awaitable } from "../platform/awaitable.js";

/**
 * A rule: returns a refusal or nothing, now or later. Stores what it finds out in the facts.
 * Parsers throw their refusal.
 */
export type Rule<Facts> = (facts: Facts) => Awaitable<AuthError | undefined>;

/** A step: rules with the same needs, in order. */
export interface Step<Facts> {
  readonly name: string;
  /** Steps that must have passed, since this step reads what they find out. */
  readonly needs: readonly string[];
  readonly rules: readonly Rule<Facts>[];
  /** All rules in one, for the guard: saves time only, and decides as they do. */
  readonly atOnce?: Rule<Facts>;
  /** Whether a later request could observe that the step ran. An explanation skips such a step. */
  readonly leavesTrace?: true;
}

/** The rules of some steps, for `stopAtFirst`. */
export function toRules<Facts>(steps: readonly Step<Facts>[]): readonly Rule<Facts>[] {
  return steps.flatMap(({ rules, atOnce }) => atOnce ?? rules);
}

/** The first refusal, or nothing. Throws, or rejects with, what a rule throws. */
export function stopAtFirst<Facts>(
  rules: readonly Rule<Facts>[],
  facts: Facts,
  first = 0,
): Awaitable<AuthError | undefined> {
  for (let index = first; index < rules.length; index++) {
    const refusal = rules[index]?.(facts);
    if (refusal === undefined) continue;
    if (refusal instanceof Promise) {
      return refusal.then((later) => later ?? stopAtFirst(rules, facts, index + 1));
    }
    return refusal;
  }
  return undefined;
}

/** Anything thrown that is not a refusal is a failure in code that the check depends on. */
export function toAuthError(thrown: unknown): AuthError {
  return thrown instanceof AuthError ? thrown : new AuthError("check_failed", { cause: thrown });
}
