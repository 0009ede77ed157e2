// A requirement is plain data: it drives the check, the challenge's scope and the OpenAPI document.
import type { JsonObject } from "../token/json.js";
import type { ClaimRequirement } from "./claim.js";
import type { DetailsRequirement } from "./details.js";
import type { OrganizationRequirement } from "./organization.js";
import type { PermissionRequirement } from "./permission.js";
import type { RoleRequirement } from "./role.js";
import type { ScopeRequirement } from "./scope.js";
import type { StepUpRequirement } from "./step-up.js";

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
  | StepUpRequirement
  | DetailsRequirement
  | AllRequirement
  | AnyRequirement
  | NotRequirement;

/** When a requirement is evaluated. Not part of the grants: one token is checked many times, and its login grows older. */
export interface Moment {
  /** Seconds since 1970. Called only by requirements that depend on time. */
  readonly now: () => number;
  /** Seconds by which clocks may differ. */
  readonly clockTolerance: number;
}

/** What a token grants. */
export interface Grants {
  readonly permissions: readonly string[];
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  readonly organizationId: string | undefined;
  /** All claims as they stand in the token. */
  readonly tokenClaims: JsonObject;
  /** Whether the claim behind these grants is there but cannot be read. It grants nothing then, and rules nothing out. */
  isMalformed(kind: GrantKind): boolean;
}

/** The grants that stand in a claim of their own. */
export type GrantKind = "permission" | "scope" | "role" | "organization";
