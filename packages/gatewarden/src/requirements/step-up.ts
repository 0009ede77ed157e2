// Step-up: how, and how recently, the user logged in (RFC 9470). The claims are those of RFC 9068 §2.2.1.
import { AuthError, type StepUpTerms } from "../errors.js";
import { member } from "../token/json.js";
import type { EvaluationTime, Grants, StepUpRequirement } from "./requirement.js";
import { requireCount, requireRequirement } from "./validate.js";

/**
 * The login behind the token must be of one of `acrValues` and not older than `maxAge`; at least one of the two is given. A token that does
 * not say is not enough. Refuses with `authentication_too_weak` or `authentication_too_old` (401 `insufficient_user_authentication`, RFC 9470
 * §3): the client then sends the user to the issuer again with the challenge's `acr_values` and `max_age`.
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
    // The challenge names all terms, whichever failed: a new login that mends only one would be in vain (RFC 9470 §3).
    return new AuthError("authentication_too_weak", { details, stepUp: requirement });
  }
  const time = member(tokenClaims, "auth_time");
  if (maxAge === undefined || isRecent(time, maxAge, moment)) return undefined;
  const details = { name: "auth_time", expected: maxAge, actual: time };
  return new AuthError("authentication_too_old", { details, stepUp: requirement });
}

/**
 * `max_age`: the login is recent enough (RFC 9470 §3). An absent, malformed or future `auth_time`
 * proves no recent login (RFC 9470 §6, RFC 9068 §2.2.1).
 */
function isRecent(time: unknown, maxAge: number, { now, clockTolerance }: EvaluationTime): boolean {
  if (typeof time !== "number") return false;
  const age = now() - time;
  return age <= maxAge + clockTolerance && age >= -clockTolerance;
}
