// Scopes: what the client was allowed to do (RFC 6749 §3.3).
import { AuthError } from "../errors.js";
import type { Grants, ScopeRequirement } from "./requirement.js";
import { requireRequirement } from "./validate.js";

/**
 * The token must grant every named scope, exactly. `scope("a b")` and `scope("a", "b")` mean the
 * same, since a scope contains no blank. Refuses with `scope_missing` (403 `insufficient_scope`).
 */
export function scope(...names: readonly string[]): ScopeRequirement {
  return requireRequirement({ type: "scope", names: names.flatMap(split) });
}

/** Values other than strings are left for the check, which refuses them by name. */
function split(name: string): readonly string[] {
  return typeof name === "string" ? name.split(" ") : [name];
}

export function checkScope({ names }: ScopeRequirement, grants: Grants): AuthError | undefined {
  if (names.every((name) => grants.scopes.includes(name))) return undefined;
  return new AuthError("scope_missing", {
    details: { name: "scope", ...grants.problemOf("scope"), expected: names, actual: grants.scopes },
    scopes: names,
  });
}
