// Claims: any other fact in the token, compared with a value.
import { AuthError } from "../errors.js";
import { member } from "../token/json.js";
import type { ClaimRequirement, Grants } from "./requirement.js";
import { requireCount, requireRequirement } from "./validate.js";

/**
 * The claim must equal the value, or be a list that contains it: `claim("email_verified", true)`.
 * The name is used literally, dots and slashes included. For one of several values:
 * `any(claim("plan", "pro"), claim("plan", "team"))`. Refuses with `claim_mismatch` (403
 * `insufficient_scope`).
 */
export function claim(...given: readonly [name: string, value: string | number | boolean]): ClaimRequirement {
  requireCount("claim", given, 2);
  const [name, value] = given;
  return requireRequirement({ type: "claim", name, value });
}

export function checkClaim({ name, value }: ClaimRequirement, grants: Grants): AuthError | undefined {
  const actual = member(grants.tokenClaims, name);
  if (value !== undefined && (actual === value || (Array.isArray(actual) && actual.includes(value)))) return undefined;
  return new AuthError("claim_mismatch", { details: { name, expected: value, actual } });
}
