// Middleware that asks more of the token in `request.auth`: scopes, claims, own functions.
import type { Handler, Request } from "express";
import { InsufficientScopeError, InvalidTokenError, UnauthorizedError } from "./bearer-errors.js";
import type { JWTPayload } from "./option-types.js";

export type JSONPrimitive = string | number | boolean | null;

/** Throws, or rejects with, the error to answer with. */
type PayloadCheck = (payload: JWTPayload) => unknown;

/** A middleware from a check. Without `auth()` before it, every request is refused. */
function toHandler(check: PayloadCheck): Handler {
  return (request, _response, next) => {
    let waiting: unknown;
    try {
      const payload = readPayload(request);
      if (payload === undefined) throw new UnauthorizedError();
      waiting = check(payload);
    } catch (error) {
      return next(error);
    }
    if (waiting instanceof Promise) waiting.then(() => next()).catch(next);
    else next();
  };
}

function readPayload(request: Request): JWTPayload | undefined {
  const { auth } = request as { readonly auth?: { readonly payload?: JWTPayload } };
  return auth?.payload ?? undefined;
}

/**
 * Passes requests whose token has all the scopes, of every argument; refuses others with
 * `InsufficientScopeError` (403). One argument may hold several scopes, separated by blanks.
 */
export function requiredScopes(...scopes: readonly (string | string[])[]): Handler {
  const wanted = requireScopes(scopes);
  return toHandler((payload) => refuseScopes(payload, wanted, (granted) => wanted.every((one) => granted.has(one))));
}

/** As `requiredScopes`, for tokens that have at least one of the scopes. */
export function scopeIncludesAny(...scopes: readonly (string | string[])[]): Handler {
  const wanted = requireScopes(scopes);
  return toHandler((payload) => refuseScopes(payload, wanted, (granted) => wanted.some((one) => granted.has(one))));
}

/** A requirement that is empty, or holds anything but names, would protect nothing (CWE-636). */
function requireScopes(scopes: readonly unknown[]): string[] {
  const names = scopes.flatMap((one) => (typeof one === "string" ? one.split(" ") : one));
  const isName = (one: unknown) => typeof one === "string" && one !== "";
  if (names.length > 0 && names.every(isName)) return names as string[];
  throw new TypeError("'scopes' must be a string or array of strings, and name at least one scope");
}

function refuseScopes(payload: JWTPayload, wanted: string[], isMet: (granted: ReadonlySet<unknown>) => boolean): void {
  if (!Object.hasOwn(payload, "scope")) throw new InsufficientScopeError(wanted, "Missing 'scope' claim");
  const granted = toSet(payload["scope"]);
  if (granted === undefined || !isMet(granted)) throw new InsufficientScopeError(wanted);
}

/** The values of a claim that is a list, or text with blanks between them. */
function toSet(value: unknown): ReadonlySet<unknown> | undefined {
  if (typeof value === "string") return new Set(value.split(" "));
  return Array.isArray(value) ? new Set(value) : undefined;
}

/** Passes requests whose token has exactly this value in the claim; refuses others with 401. */
export function claimEquals(claim: string, expected: JSONPrimitive): Handler {
  requireClaimName(claim);
  requirePrimitive(expected);
  return toHandler((payload) => {
    if (parseClaim(payload, claim) !== expected) throw new InvalidTokenError(`Unexpected '${claim}' value`);
  });
}

/** Passes requests whose token has all the values in the claim; refuses others with 401. */
export function claimIncludes(claim: string, ...expected: JSONPrimitive[]): Handler {
  requireClaimName(claim);
  for (const one of expected) requirePrimitive(one);
  // Every claim would include all of nothing (CWE-636).
  if (expected.length === 0) throw new TypeError("'expected' must name at least one value");
  return toHandler((payload) => {
    const values = toSet(parseClaim(payload, claim));
    const isMet = values !== undefined && expected.every((one) => values.has(one));
    if (!isMet) throw new InvalidTokenError(`Unexpected '${claim}' value`);
  });
}

/**
 * Passes requests for whose claims the function returns true; refuses others with 401 and
 * `errMsg`. A promise is awaited: it would be true by itself (CWE-670). What the function throws
 * goes to the error handler.
 */
export function claimCheck(fn: (payload: JWTPayload) => boolean, errMsg?: string): Handler {
  if (typeof fn !== "function") throw new TypeError("'claimCheck' expects a function");
  const refuse = (isMet: unknown) => {
    if (!isMet) throw new InvalidTokenError(errMsg);
  };
  return toHandler((payload) => {
    const answer: unknown = fn(payload);
    return isPromise(answer) ? Promise.resolve(answer).then(refuse) : refuse(answer);
  });
}

/** Promises of other libraries and realms have only this in common. */
function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** The token's own claim; what every object inherits is not one (CWE-1321). */
function parseClaim(payload: JWTPayload, claim: string): unknown {
  if (!Object.hasOwn(payload, claim)) throw new InvalidTokenError(`Missing '${claim}' claim`);
  return payload[claim];
}

function requireClaimName(claim: unknown): void {
  if (typeof claim !== "string") throw new TypeError("'claim' must be a string");
}

function requirePrimitive(value: unknown): void {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return;
  throw new TypeError("'expected' must be a string, number, boolean or null");
}
