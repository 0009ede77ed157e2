// When a claim is absent: missing or null, and for `aud` also an empty list. Some serialisers write
// null for missing values; most claims may be absent (RFC 7519 §4.1, RFC 7662 §2.2).
import { AuthError } from "../errors.js";
import { type JsonObject, member } from "./json.js";

/** A claim; undefined where it is null. */
export function readClaim(claims: JsonObject, name: string): unknown {
  return member(claims, name) ?? undefined;
}

/** Whether a claim is absent. */
export function isAbsent(claims: JsonObject, name: string): boolean {
  const value = readClaim(claims, name);
  return value === undefined || (name === "aud" && Array.isArray(value) && value.length === 0);
}

/**
 * The refusal for an absent claim that is required. Details say whether it is null or an empty
 * list.
 */
export function checkPresent(claims: JsonObject, name: string): AuthError | undefined {
  if (!isAbsent(claims, name)) return undefined;
  const value = member(claims, name);
  const problem = value === undefined ? undefined : value === null ? "is null" : "is an empty list";
  return new AuthError("claim_missing", { details: { name, ...(problem !== undefined && { problem }) } });
}
