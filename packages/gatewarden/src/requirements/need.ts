// What a caller of the guard requires: a requirement, or options around one. It is read completely
// or refused, since a part of a rule that is ignored protects nothing (CWE-636).
import type { Misnamed } from "../platform/misnamed.js";
import type { Requirement } from "./requirement.js";
import { requireCount, requireRequirement } from "./validate.js";

/** Each is marked as deprecated, so that editors strike it out in their lists. */
type ForeignNames = {
  /** @deprecated */
  readonly requirements: "requirement: all(…)";
  /** @deprecated */
  readonly permission: "requirement: permission(…)";
  /** @deprecated */
  readonly permissions: "requirement: permission(…)";
  /** @deprecated */
  readonly scope: "requirement: scope(…)";
  /** @deprecated */
  readonly scopes: "requirement: scope(…)";
  /** @deprecated */
  readonly requiredScopes: "requirement: scope(…)";
  /** @deprecated */
  readonly role: "requirement: role(…)";
  /** @deprecated */
  readonly roles: "requirement: role(…)";
  /** @deprecated */
  readonly authRequired: "optional: true";
  /** @deprecated */
  readonly required: "optional: true";
};

/** What a route needs, if that is more than one requirement. */
export interface NeedOptions extends Misnamed<ForeignNames> {
  /**
   * The route may be called without a token: `auth` is then undefined. An invalid token is still
   * refused.
   */
  readonly optional?: true;
  /** What a token must grant if the request has one. */
  readonly requirement?: Requirement;
}

/** What a route needs beyond a valid token. */
export type Need = Requirement | NeedOptions;

/** A last argument that may be omitted. An explicit undefined does not compile, and is refused. */
export type LastArgument<Wanted> = readonly [] | readonly [wanted: Wanted];

/** A checked need. */
export interface CheckedNeed {
  readonly requirement: Requirement | undefined;
  readonly optional: boolean;
}

const nothing: CheckedNeed = Object.freeze({ requirement: undefined, optional: false });
/** Keyed by frozen needs, so that a request costs one look-up. */
const known = new WeakMap<object, CheckedNeed>();

/**
 * Reads what was passed as a need. An empty list means a valid token and nothing else. `others`
 * names further members that the caller reads itself. Throws `ConfigError` for surplus arguments,
 * for an explicit undefined, and for anything that is not a need.
 */
export function requireNeed(given: readonly unknown[], others: readonly string[] = []): CheckedNeed {
  if (given.length === 0) return nothing;
  requireCount("A need", given, 1);
  const [need] = given as readonly [Need];
  return known.get(need) ?? requireOneNeed(need, others);
}

/** A need that was read before. A route passes the same one with every request. */
export function recallNeed(need: unknown): CheckedNeed | undefined {
  return known.get(need as Need);
}

/** As `requireNeed`, for a caller that accepts only requirements. */
export function requireRequirementNeed(given: readonly unknown[]): CheckedNeed {
  if (given.length === 0) return nothing;
  requireCount("A need", given, 1);
  return known.get(given[0] as Requirement) ?? requireRequirementOnly(given[0] as Requirement);
}

function requireOneNeed(need: Need, others: readonly string[]): CheckedNeed {
  if (!isOptions(need, others)) return requireRequirementOnly(need as Requirement);
  return {
    // A restriction counts even if it is inherited. An opening must be the object's own member
    // (CWE-1321).
    requirement: "requirement" in need ? requireRequirement(need.requirement as Requirement) : undefined,
    optional: Object.hasOwn(need, "optional"),
  };
}

function requireRequirementOnly(given: Requirement): CheckedNeed {
  const requirement = requireRequirement(given);
  const need = { requirement, optional: false };
  known.set(requirement, need);
  return need;
}

/** Converts a checked need to one argument for `guard.attempt`, which does not check it again. */
export function toNeedArgument({ requirement, optional }: CheckedNeed): LastArgument<Need> {
  if (!optional) return requirement === undefined ? [] : [requirement];
  const need: NeedOptions = Object.freeze({ optional, ...(requirement && { requirement }) });
  known.set(need, { requirement, optional });
  return [need];
}

/**
 * Options hold at least one member and only known names, and `optional` only as true: a misspelt
 * option must not open a route.
 */
function isOptions(need: unknown, others: readonly string[]): need is NeedOptions {
  if (typeof need !== "object" || need === null || "type" in need) return false;
  const names = Object.keys(need);
  return (
    names.length > 0 &&
    names.every((name) => name === "optional" || name === "requirement" || others.includes(name)) &&
    (!Object.hasOwn(need, "optional") || (need as NeedOptions).optional === true)
  );
}
