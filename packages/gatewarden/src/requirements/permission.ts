// Permissions: what Auth0's RBAC puts into the `permissions` claim.
import { AuthError } from "../errors.js";
import type { Grants, PermissionRequirement } from "./requirement.js";
import { requireRequirement } from "./validate.js";

/**
 * The token must grant every named permission, exactly. Refuses with `permission_missing` (403
 * `insufficient_scope`).
 */
export function permission(...names: readonly string[]): PermissionRequirement {
  return requireRequirement({ type: "permission", names });
}

export function checkPermission({ names }: PermissionRequirement, grants: Grants): AuthError | undefined {
  if (names.every((name) => grants.permissions.includes(name))) return undefined;
  // An API's permissions are its scopes at the issuer, so a client requests them as such (RFC 6750
  // §3).
  return new AuthError("permission_missing", {
    details: { name: "permissions", ...grants.problemOf("permission"), expected: names, actual: grants.permissions },
    scopes: names,
  });
}
