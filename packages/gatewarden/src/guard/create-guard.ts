// Makes guards: at once from options, or at their first use from a function that gives the options.
import type { AccessTokenClaims } from "../auth.js";
import { configure } from "../configuration/configure.js";
import type { GuardOptions } from "../configuration/options.js";
import type { Guard } from "../guard.js";
import { LazyGuard } from "./lazy-guard.js";
import { TokenGuard } from "./token-guard.js";

/**
 * Options that are read later. The names stand here too, so that compilers go on to suggest the right
 * one for a misspelt option: of a union they look at what its members have in common.
 */
type ReadOptions<Claims> = (() => GuardOptions<Claims>) & { readonly [Name in keyof GuardOptions]?: never };

/**
 * A guard for one API. Reads `AUTH0_DOMAIN` and `AUTH0_AUDIENCE` (or `ISSUER_BASE_URL` and `AUDIENCE`) where issuer or audience are left
 * out. Throws `ConfigError`, naming what to change, when the configuration cannot be right. Fetches nothing yet.
 *
 * A function is called when the guard is first used, for modules that are loaded before there is an
 * environment (`next build`, Workers): `createGuard(() => ({ … }))`. Until its options are right,
 * `ready()` rejects with the `ConfigError`, `health()` says its message, and every request is
 * refused with `check_failed` (500), whose `cause` it is. The function is then asked again.
 */
export function createGuard<Claims = AccessTokenClaims>(
  options: GuardOptions<Claims> | ReadOptions<Claims> = {},
): Guard<Claims> {
  return typeof options === "function" ? new LazyGuard(options, createNow) : createNow(options);
}

function createNow<Claims>(options: GuardOptions<Claims>): Guard<Claims> {
  return new TokenGuard(configure(options), options);
}
