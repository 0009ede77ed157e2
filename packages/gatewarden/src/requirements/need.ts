// What a caller of the guard asks for: a requirement, or options around one. It is read in full or refused, since a part of a rule that
// is not read protects nothing (CWE-636).
import type { Requirement } from "./requirement.js";
import { requireCount, requireRequirement } from "./validate.js";

/** What a route needs, when that is more than one requirement. */
export interface NeedOptions {
  /** The route may be called without a token: `auth` is undefined then. An invalid token is refused all the same. */
  readonly optional?: true;
  /** What a token, if there is one, must grant. */
  readonly requirement?: Requirement;
}

/** What a route needs beyond a valid token. */
export type Need = Requirement | NeedOptions;

/** A last argument that may be left out. A variable that turned out undefined does not compile, and is refused. */
export type LastArgument<Wanted> = readonly [] | readonly [wanted: Wanted];

/** A need, taken apart and checked. */
export interface CheckedNeed {
  readonly requirement: Requirement | undefined;
  readonly optional: boolean;
}

const nothing: CheckedNeed = Object.freeze({ requirement: undefined, optional: false });
/** By needs that can no longer change, so that a request costs one look. */
const known = new WeakMap<object, CheckedNeed>();

/**
 * Takes apart what was passed as a need; an empty list is a valid token and nothing else. `others` names further members that the caller
 * reads itself. Throws `ConfigError` for surplus arguments, for an explicit undefined, and for anything that is not a need.
 */
export function requireNeed(given: readonly unknown[], others: readonly string[] = []): CheckedNeed {
  if (given.length === 0) return nothing;
  requireCount("A need", given, 1);
  const [need] = given as readonly [Need];
  return known.get(need) ?? requireOneNeed(need, others);
}

/** What was read of the same need before: a route asks for the same thing with every request. */
export function recallNeed(need: unknown): CheckedNeed | undefined {
  return known.get(need as Need);
}

/** As `requireNeed`, for a caller that takes requirements only. */
export function requireRequirementNeed(given: readonly unknown[]): CheckedNeed {
  if (given.length === 0) return nothing;
  requireCount("A need", given, 1);
  return known.get(given[0] as Requirement) ?? requireRequirementOnly(given[0] as Requirement);
}

function requireOneNeed(need: Need, others: readonly string[]): CheckedNeed {
  if (!isOptions(need, others)) return requireRequirementOnly(need as Requirement);
  return {
    // What restricts counts wherever it comes from; what opens must be the need's own (CWE-1321).
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

/** Makes of a checked need one argument for `guard.attempt`, which will not have to check it again. */
export function toNeedArgument({ requirement, optional }: CheckedNeed): LastArgument<Need> {
  if (!optional) return requirement === undefined ? [] : [requirement];
  const need: NeedOptions = Object.freeze({ optional, ...(requirement && { requirement }) });
  known.set(need, { requirement, optional });
  return [need];
}

/** Options hold known names only, at least one, and `optional` only as true: a misspelt option must not open a route. */
function isOptions(need: unknown, others: readonly string[]): need is NeedOptions {
  if (typeof need !== "object" || need === null || "type" in need) return false;
  const names = Object.keys(need);
  return (
    names.length > 0 &&
    names.every((name) => name === "optional" || name === "requirement" || others.includes(name)) &&
    (!Object.hasOwn(need, "optional") || (need as NeedOptions).optional === true)
  );
}
