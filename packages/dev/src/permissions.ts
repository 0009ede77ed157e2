// Role-based access control: which permissions a token may contain.
import type { Api } from "./config/model.js";

/** Scopes about who the user is, not about what an API allows. */
export const identityScopes: readonly string[] = ["openid", "profile", "email", "offline_access"];

/** With RBAC on, the permissions that the API knows and the holder has. */
export function permissionsFor(api: Api, held: readonly string[]): readonly string[] {
  return api.permissions.filter((permission) => held.includes(permission));
}

/**
 * The permissions that may be requested as scopes: those of {@link permissionsFor} with RBAC on,
 * all with RBAC off.
 */
export function grantablePermissions(api: Api, held: readonly string[]): readonly string[] {
  return api.rbac ? permissionsFor(api, held) : api.permissions;
}
