// Step-up: how, and how recently, the user logged in (RFC 9470). The claims are those of RFC 9068
// §2.2.1.
import { AuthError, type StepUpTerms } from "../errors.js";
import { member } from "../token/json.js";
import type { EvaluationTime, Grants, StepUpRequirement } from "./requirement.js";
import { requireCount, requireRequirement } from "./validate.js";

/**
 * The login behind the token must have one of `acrValues` and be no older than `maxAge`; at least
 * one of the two is required. A token without the claim is not sufficient. Refuses with
 * `authentication_too_weak` or `authentication_too_old` (401 `insufficient_user_authentication`,
 * RFC 9470 §3). The client then sends the user to the issuer again with the challenge's
 * `acr_values` and `max_age`.
 */
export function stepUp(...given: readonly [terms: StepUpTerms]): StepUpRequirement {
  requireCount("stepUp", given, 1);
  const [terms] = given;
  return requireRequirement({ type: "stepUp", ...terms });
}

export function checkStepUp(
  requirement: StepUpRequirement,
  { tokenClaims }: Grants,
  moment: EvaluationTime,
): AuthError | undefined {
  const { acrValues, maxAge } = requirement;
  const acr = member(tokenClaims, "acr");
  if (acrValues && !acrValues.some((one) => one === acr)) {
    const details = { name: "acr", expected: acrValues, actual: acr };
    // The challenge names all terms, even if only one failed: a new login that satisfies only that
    // one would be refused again (RFC 9470 §3).
    return new AuthError("authentication_too_weak", { details, stepUp: requirement });
  }
  const time = member(tokenClaims, "auth_time");
  if (maxAge === undefined || isRecent(time, maxAge, moment)) return undefined;
  const details = { name: "auth_time", expected: maxAge, actual: time };
  return new AuthError("authentication_too_old", { details, stepUp: requirement });
}

/**
 * An absent, malformed or future `auth_time` does not prove a recent login (RFC 9470 §6, RFC 9068
 * §2.2.1).
 */
function isRecent(time: unknown, maxAge: number, { now, clockTolerance }: EvaluationTime): boolean {
  if (typeof time !== "number") return false;
  const age = now() - time;
  return age <= maxAge + clockTolerance && age >= -clockTolerance;
}
