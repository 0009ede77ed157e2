// Checks: a condition in code, for what the other requirements cannot express.
import { AuthError } from "../errors.js";
import type { AccessTokenClaims } from "../token/access-token-claims.js";
import type { CheckRequirement, Grants } from "./requirement.js";
import { requireCount, requireRequirement } from "./validate.js";

/**
 * The function must return true for the token's claims:
 * `check("limit over 1000", (claims) => Number(claims.limit) > 1000)`. It gets the verified claims,
 * frozen: the output of the guard's schema if there is one, whose type the parameter then names
 * (`(claims: MyClaims) => …`). `guard.explain` also calls it for tokens that are refused.
 *
 * False refuses with `condition_not_met` (403 `insufficient_scope`). The name, which is printable
 * text, appears in explanations and in the OpenAPI document, never in the challenge. A function
 * that throws, or returns anything but true or false, such as a promise, is a mistake in this API:
 * it refuses with `check_failed` (500), within `not` and `any` too.
 */
export function check<Claims = AccessTokenClaims>(
  ...given: readonly [name: string, predicate: (claims: Claims) => boolean]
): CheckRequirement {
  requireCount("check", given, 2);
  const [name, predicate] = given;
  return requireRequirement({ type: "check", name, predicate: predicate as CheckRequirement["predicate"] });
}

export function checkPredicate({ name, predicate }: CheckRequirement, grants: Grants): AuthError | undefined {
  let answer: unknown;
  try {
    answer = predicate(grants.claims);
  } catch (cause) {
    return toFailure(name, "threw", { cause });
  }
  if (answer === true) return undefined;
  if (answer === false) return new AuthError("condition_not_met", { details: { name } });
  // Nothing waits for the promise, whose rejection would end the process (CWE-248).
  if (answer instanceof Promise) answer.catch(() => undefined);
  return toFailure(name, answer instanceof Promise ? "returned a promise" : `returned ${typeof answer}`);
}

/** Neither "met" nor "not met": `not` around it must refuse too (CWE-636). */
function toFailure(name: string, problem: string, options?: ErrorOptions): AuthError {
  const cause = new TypeError(`The check ${JSON.stringify(name)} ${problem}; it must return true or false`, options);
  return new AuthError("check_failed", { cause, details: { name, problem } });
}
