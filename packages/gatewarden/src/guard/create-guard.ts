// Creates guards: immediately from options, or on first use from a function that returns the
// options.
import type { AccessTokenClaims } from "../auth.js";
import { configure } from "../configuration/configure.js";
import type { GuardOptions } from "../configuration/options.js";
import type { Guard } from "../guard.js";
import { LazyGuard } from "./lazy-guard.js";
import { TokenGuard } from "./token-guard.js";

/**
 * Options that are read later. The names are repeated here so that compilers still suggest the
 * right option for a misspelt one: for a union they look only at the members that all parts share.
 */
type ReadOptions<Claims> = (() => GuardOptions<Claims>) & { readonly [Name in keyof GuardOptions]?: never };

/**
 * A guard for one API. Reads `AUTH0_DOMAIN` and `AUTH0_AUDIENCE` (or `ISSUER_BASE_URL` and
 * `AUDIENCE`) where issuer or audience are left out. Throws `ConfigError`, which names what to
 * change, when the configuration cannot be right. Fetches nothing yet.
 *
 * A function is called when the guard is first used, for modules that are loaded before the
 * environment exists (`next build`, Workers): `createGuard(() => ({ … }))`. Until its options are
 * valid, `ready()` rejects with the `ConfigError`, `health()` reports its message, and every
 * request is refused with `check_failed` (500) with that error as `cause`. The next use calls the
 * function again.
 */
export function createGuard<Claims = AccessTokenClaims>(
  options: GuardOptions<Claims> | ReadOptions<Claims> = {},
): Guard<Claims> {
  return typeof options === "function" ? new LazyGuard(options, createNow) : createNow(options);
}

function createNow<Claims>(options: GuardOptions<Claims>): Guard<Claims> {
  return new TokenGuard(configure(options), options);
}
