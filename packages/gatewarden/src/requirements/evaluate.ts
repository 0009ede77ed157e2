// Evaluates whether a token's grants meet a requirement, and the reason if not.
import { AuthError } from "../errors.js";
import { checkActorForm } from "../token/actor.js";
import { checkActor } from "./actor.js";
import { checkPredicate } from "./check.js";
import { checkClaim } from "./claim.js";
import { checkDetails, isMalformedDetails } from "./details.js";
import { mergeRefusals, pickAlternative } from "./merge.js";
import { checkOrganization } from "./organization.js";
import { checkPermission } from "./permission.js";
import type {
  AllRequirement,
  AnyRequirement,
  EvaluationTime,
  Grants,
  NotRequirement,
  Requirement,
} from "./requirement.js";
import { checkRole } from "./role.js";
import { checkScope } from "./scope.js";
import { checkStepUp } from "./step-up.js";

/**
 * The refusal, or undefined if the requirement is met. Compares exact strings, never substrings.
 */
export function evaluate(requirement: Requirement, grants: Grants, moment: EvaluationTime): AuthError | undefined {
  switch (requirement.type) {
    case "permission":
      return checkPermission(requirement, grants);
    case "scope":
      return checkScope(requirement, grants);
    case "role":
      return checkRole(requirement, grants);
    case "claim":
      return checkClaim(requirement, grants);
    case "organization":
      return checkOrganization(requirement, grants);
    case "actor":
      return checkActor(requirement, grants);
    case "details":
      return checkDetails(requirement, grants);
    case "check":
      return checkPredicate(requirement, grants);
    case "stepUp":
      return checkStepUp(requirement, grants, moment);
    case "all":
      return evaluateAll(requirement, grants, moment);
    case "any":
      return evaluateAny(requirement, grants, moment);
    case "not":
      return evaluateNot(requirement, grants, moment);
    default:
      // Data that only looks like a requirement is refused.
      return new AuthError("check_failed", { cause: new TypeError("The requirement is of an unknown type") });
  }
}

function evaluateAll({ of }: AllRequirement, grants: Grants, moment: EvaluationTime): AuthError | undefined {
  const refusals = of.map((part) => evaluate(part, grants, moment)).filter((refusal) => refusal !== undefined);
  return mergeRefusals(refusals);
}

function evaluateAny({ of }: AnyRequirement, grants: Grants, moment: EvaluationTime): AuthError | undefined {
  const refusals: AuthError[] = [];
  for (const part of of) {
    const refusal = evaluate(part, grants, moment);
    if (refusal === undefined) return undefined;
    // A failed evaluation is not an alternative that was merely not met.
    if (refusal.status >= 500) return refusal;
    refusals.push(refusal);
  }
  return pickAlternative(refusals);
}

/**
 * Only a part refused on the facts (403) is "not met". One that could not be evaluated is refused.
 */
function evaluateNot({ of }: NotRequirement, grants: Grants, moment: EvaluationTime): AuthError | undefined {
  const refusal = evaluate(of, grants, moment);
  if (refusal === undefined) return new AuthError("requirement_not_met");
  return refusal.status === 403 && !readsMalformed(of, grants) ? undefined : refusal;
}

/**
 * A claim that cannot be read does not prove an absence: `not(role("suspended"))` must not pass on
 * a malformed list.
 */
function readsMalformed(requirement: Requirement, grants: Grants): boolean {
  switch (requirement.type) {
    case "permission":
    case "scope":
    case "role":
    case "organization":
      return grants.problemOf(requirement.type) !== undefined;
    case "details":
      return isMalformedDetails(grants);
    case "actor":
      return checkActorForm(grants.tokenClaims) !== undefined;
    case "all":
    case "any":
      return requirement.of.some((part) => readsMalformed(part, grants));
    case "not":
      return readsMalformed(requirement.of, grants);
    default:
      return false;
  }
}
