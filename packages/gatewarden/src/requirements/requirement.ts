// A requirement is plain data, except `check`, which holds a function. It drives the check, the
// challenge's scope and the OpenAPI document.
import type { StepUpTerms } from "../errors.js";
import type { JsonObject } from "../token/json.js";
import type { GrantProblem } from "./read-grants.js";

/** Every named permission must be granted. */
export interface PermissionRequirement {
  readonly type: "permission";
  readonly names: readonly string[];
}

/** Every named scope must be granted. */
export interface ScopeRequirement {
  readonly type: "scope";
  readonly names: readonly string[];
}

/** Every named role must be held. */
export interface RoleRequirement {
  readonly type: "role";
  readonly names: readonly string[];
}

/** A claim must equal the value, or be a list that contains it. */
export interface ClaimRequirement {
  readonly type: "claim";
  readonly name: string;
  readonly value: string | number | boolean;
}

/** The token must be for one of the organizations; with `any`, for any organization. */
export interface OrganizationRequirement {
  readonly type: "organization";
  readonly ids: readonly string[] | "any";
}

/** Who acts for the subject: the names that identify an actor. At least one. */
export interface ActorTerms {
  /** `act.sub`: usually the client id of an API. */
  readonly subject?: string;
  /** `act.client_id`. */
  readonly clientId?: string;
  /** `act.iss`. Default: the token's own issuer. */
  readonly issuer?: string;
}

/** The current actor must be the one named; with `any`, the token must name one. */
export interface ActorRequirement {
  readonly type: "actor";
  readonly who: ActorTerms | "any";
}

/** The login behind the token must be strong and recent enough. */
export interface StepUpRequirement extends StepUpTerms {
  readonly type: "stepUp";
}

/** One entry of `authorization_details` must have the type and the members. */
export interface DetailsRequirement {
  readonly type: "details";
  /** The entry's `type` (RFC 9396 §2). */
  readonly detailsType: string;
  /** The entry's members: a list must contain every value named, anything else must be equal. */
  readonly having: JsonObject;
}

/** The predicate must return true. */
export interface CheckRequirement {
  readonly type: "check";
  /** What it checks, in the developer's words. */
  readonly name: string;
  /** Gets the claims: the output of the guard's schema, or those of the token. */
  readonly predicate: (claims: unknown) => boolean;
}

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

/**
 * What an endpoint requires of a token beyond being valid. Plain data, so it can be stored,
 * compared and sent; except `check`, which holds a function.
 */
export type Requirement =
  | PermissionRequirement
  | ScopeRequirement
  | RoleRequirement
  | ClaimRequirement
  | OrganizationRequirement
  | ActorRequirement
  | StepUpRequirement
  | DetailsRequirement
  | CheckRequirement
  | AllRequirement
  | AnyRequirement
  | NotRequirement;

/**
 * When a requirement is evaluated. Not part of the grants: one token is checked many times, and its
 * login grows older.
 */
export interface EvaluationTime {
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
  /** All claims, as in the token. */
  readonly tokenClaims: JsonObject;
  /** The output of the schema, or all claims. */
  readonly claims: unknown;
  /**
   * Why the claim behind these grants cannot be read. Undefined if it is absent or can be read. A
   * claim that cannot be read grants nothing, and rules nothing out.
   */
  problemOf(kind: GrantKind): GrantProblem | undefined;
}

/** The grants that have a claim of their own. */
export type GrantKind = "permission" | "scope" | "role" | "organization";
