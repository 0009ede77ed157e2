// What a step of the road is, and the guard's way to take a list of them: stop at the first refusal. `collect.ts` has the other one.
import { AuthError } from "../errors.js";
import type { Awaitable } from "../platform/awaitable.js";

/** A rule: a refusal or nothing, now or later. What it finds out it adds to the facts. Parsers throw their refusal. */
export type Rule<Facts> = (facts: Facts) => Awaitable<AuthError | undefined>;

/** A step: rules that need the same, in order. */
export interface Step<Facts> {
  readonly name: string;
  /** Steps that must have passed, since this one reads what they find out. */
  readonly needs: readonly string[];
  readonly rules: readonly Rule<Facts>[];
  /** Whether none of the rules would refuse, beyond doubt and at once. It saves time only: where it says no, the rules decide. */
  readonly isFine?: (facts: Facts) => boolean;
  /** Whether a later request would see that it was taken, so that an explanation leaves it out. */
  readonly leavesTrace?: true;
}

/** The rules of some steps, for `stopAtFirst`. */
export function toRules<Facts>(steps: readonly Step<Facts>[]): readonly Rule<Facts>[] {
  return steps.flatMap(({ rules, isFine }) =>
    isFine === undefined ? rules : [(facts: Facts) => (isFine(facts) ? undefined : stopAtFirst(rules, facts))],
  );
}

/** The first refusal, or nothing: the guard's way. Throws, or rejects with, what a rule throws. */
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

/** What is not a refusal is a failure in code that the check depends on. */
export function toAuthError(thrown: unknown): AuthError {
  return thrown instanceof AuthError ? thrown : new AuthError("check_failed", { cause: thrown });
}
