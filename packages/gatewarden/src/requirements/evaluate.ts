// Whether a token's grants meet a requirement, and with what reason they do not.
import { AuthError } from "../errors.js";
import { checkClaim } from "./claim.js";
import { checkOrganization } from "./organization.js";
import { checkPermission } from "./permission.js";
import type { AllRequirement, AnyRequirement, Grants, NotRequirement, Requirement } from "./requirement.js";
import { checkRole } from "./role.js";
import { checkScope } from "./scope.js";

/** The refusal, or nothing when the requirement is met. Sets of exact strings, never substrings. */
export function evaluate(requirement: Requirement, grants: Grants): AuthError | undefined {
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
    case "all":
      return evaluateAll(requirement, grants);
    case "any":
      return evaluateAny(requirement, grants);
    case "not":
      return evaluateNot(requirement, grants);
    default:
      // Data that only looked like a requirement lets nobody in.
      return new AuthError("check_failed", { cause: new TypeError("The requirement is of an unknown type") });
  }
}

/** The refusal names the scopes of all parts, so that one more trip to the issuer is enough. */
function evaluateAll({ of }: AllRequirement, grants: Grants): AuthError | undefined {
  const refusals = of.map((part) => evaluate(part, grants)).filter((refusal) => refusal !== undefined);
  const [first] = refusals;
  if (first === undefined || refusals.length === 1) return first;
  return new AuthError(first.reason, {
    details: first.details,
    scopes: [...new Set(refusals.flatMap(({ scopes }) => scopes))],
  });
}

/** The refusal names the scopes of the first alternative that scopes could satisfy. */
function evaluateAny({ of }: AnyRequirement, grants: Grants): AuthError | undefined {
  let scopes: readonly string[] = [];
  for (const part of of) {
    const refusal = evaluate(part, grants);
    if (refusal === undefined) return undefined;
    // Broken data within is not an alternative that merely failed.
    if (refusal.status >= 500) return refusal;
    if (scopes.length === 0) scopes = refusal.scopes;
  }
  return new AuthError("requirement_not_met", { scopes });
}

/** Only a part that was refused on the facts is "not met"; one that could not be evaluated lets nobody in. */
function evaluateNot({ of }: NotRequirement, grants: Grants): AuthError | undefined {
  const refusal = evaluate(of, grants);
  if (refusal === undefined) return new AuthError("requirement_not_met");
  return refusal.status >= 500 ? refusal : undefined;
}
