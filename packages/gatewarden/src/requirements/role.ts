// Roles: who the subject is (RFC 9068 §2.2.3.1). The issuer policy's `claimNames.roles` names the
// claim.
import { AuthError } from "../errors.js";
import type { Grants, RoleRequirement } from "./requirement.js";
import { requireRequirement } from "./validate.js";

/**
 * The subject must hold every named role, exactly. Refuses with `role_missing` (403
 * `insufficient_scope`).
 */
export function role(...names: readonly string[]): RoleRequirement {
  return requireRequirement({ type: "role", names });
}

export function checkRole({ names }: RoleRequirement, grants: Grants): AuthError | undefined {
  if (names.every((name) => grants.roles.includes(name))) return undefined;
  return new AuthError("role_missing", {
    details: { name: "roles", ...grants.problemOf("role"), expected: names, actual: grants.roles },
  });
}
