// A requirement is plain data: it drives the check, the challenge's scope and the OpenAPI document.
import type { JsonObject } from "../token/json.js";
import type { ClaimRequirement } from "./claim.js";
import type { OrganizationRequirement } from "./organization.js";
import type { PermissionRequirement } from "./permission.js";
import type { RoleRequirement } from "./role.js";
import type { ScopeRequirement } from "./scope.js";

/** Every part must hold. */
export interface AllRequirement {
  readonly type: "all";
  readonly of: readonly Requirement[];
}

/** At least one part must hold. */
export interface AnyRequirement {
  readonly type: "any";
  readonly of: readonly Requirement[];
}

/** The part must not hold. */
export interface NotRequirement {
  readonly type: "not";
  readonly of: Requirement;
}

/** What an endpoint asks of a token beyond being valid. Plain data, so it can be stored, compared and sent. */
export type Requirement =
  | PermissionRequirement
  | ScopeRequirement
  | RoleRequirement
  | ClaimRequirement
  | OrganizationRequirement
  | AllRequirement
  | AnyRequirement
  | NotRequirement;

/** What a token grants. */
export interface Grants {
  readonly permissions: readonly string[];
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  readonly organizationId: string | undefined;
  /** All claims as they stand in the token. */
  readonly tokenClaims: JsonObject;
}
