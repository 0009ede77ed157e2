// Authorization details: what exactly was granted, if a scope is too coarse (RFC 9396).
import { AuthError } from "../errors.js";
import { isObject, type JsonObject, member } from "../token/json.js";
import type { DetailsRequirement, Grants } from "./requirement.js";
import { requireCount, requireRequirement } from "./validate.js";

/**
 * One entry of the token's `authorization_details` must have exactly this type and all the members:
 * `details("payment_initiation", { actions: ["initiate"], currency: "EUR" })`. A list in the token
 * must contain every value of the given list; any other member must be equal. The handler itself
 * compares what depends on the request, such as an amount, in `auth.claims`. Refuses with
 * `details_missing` (403 `insufficient_scope`), and with `claim_invalid` (401) if the claim
 * violates RFC 9396 §9.1.
 */
export function details(...given: readonly [detailsType: string, having?: JsonObject]): DetailsRequirement {
  requireCount("details", given, 2);
  const [detailsType] = given;
  // An omitted argument requires nothing more. An explicit undefined was meant to require
  // something.
  const having = given.length > 1 ? (given[1] as JsonObject) : {};
  return requireRequirement({ type: "details", detailsType, having });
}

const claimName = "authorization_details";

export function checkDetails({ detailsType, having }: DetailsRequirement, grants: Grants): AuthError | undefined {
  const entries = member(grants.tokenClaims, claimName);
  if (entries !== undefined && !isDetails(entries)) {
    const problem = "is not a list of objects that each have a type";
    return new AuthError("claim_invalid", { details: { name: claimName, problem } });
  }
  // One entry must meet everything: two grants do not add up to a third (RFC 9396 §2).
  const isMet = entries?.some((entry) => member(entry, "type") === detailsType && hasMembers(entry, having)) ?? false;
  if (isMet) return undefined;
  const expected = { type: detailsType, ...having };
  return new AuthError("details_missing", { details: { name: claimName, expected, actual: entries } });
}

/**
 * Whether the claim is present but violates RFC 9396 §9.1. It then neither grants nor rules out
 * anything.
 */
export function isMalformedDetails({ tokenClaims }: Grants): boolean {
  const entries = member(tokenClaims, claimName);
  return entries !== undefined && !isDetails(entries);
}

/** The claim's form: a list of objects, each with a type (RFC 9396 §2 and §9.1). */
function isDetails(value: unknown): value is readonly JsonObject[] {
  return Array.isArray(value) && value.every((entry) => isObject(entry) && typeof member(entry, "type") === "string");
}

function hasMembers(entry: JsonObject, wanted: JsonObject): boolean {
  return Object.entries(wanted).every(([name, value]) => isSatisfied(member(entry, name), value));
}

function isSatisfied(actual: unknown, wanted: unknown): boolean {
  if (!Array.isArray(wanted)) return isEqual(actual, wanted);
  return Array.isArray(actual) && wanted.every((one) => actual.some((other) => isEqual(other, one)));
}

/** Equality of JSON values. An object's members have no order (RFC 8259 §4). */
function isEqual(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, index) => isEqual(value, other[index]));
  }
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && isEqual(one[name], other[name]));
}
