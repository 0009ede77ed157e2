// The issuer that most tests trust: its name, its keys, its usual claims, and guards over them.
import {
  AuthError,
  createGuard,
  type Guard,
  type GuardOptions,
  type LastArgument,
  type Reason,
  type Requirement,
} from "../../src/index.js";
import { createClock, start } from "./clock.js";
import { createKey, type Forged, forge, type TestKey } from "./forge.js";

export const issuer = "https://issuer.test/";
export const audience = "https://api.test";

export const rsa: TestKey = createKey("RS256", "rsa");
export const ec: TestKey = createKey("ES256", "ec");
export const ed: TestKey = createKey("EdDSA", "ed");
/** Well formed, but nobody published it. */
export const stranger: TestKey = createKey("ES256", "stranger");

export const jwks = { keys: [rsa.jwk, ec.jwk, ed.jwk] };

export type Claims = Readonly<Record<string, unknown>>;

/** Claims of a good token. `undefined` removes one. */
export function claims(changes: Claims = {}): Claims {
  const usual = { iss: issuer, aud: audience, sub: "user|1", exp: start + 300, iat: start - 10 };
  return Object.fromEntries(Object.entries({ ...usual, ...changes }).filter(([, value]) => value !== undefined));
}

/** A token that only differs from a good one in what is given. */
export function token(changes: Claims = {}, options: Partial<Forged> = {}): string {
  const key = options.key ?? ec;
  return forge({ header: { alg: "ES256", kid: key.kid }, payload: claims(changes), key, ...options });
}

/** Options of a guard that knows the keys and needs no network and no environment. */
export function options<Schema = unknown>(changes: GuardOptions<Schema> = {}): GuardOptions<Schema> {
  return { issuer, audience, keys: { jwks }, now: createClock().now, env: {}, ...changes };
}

export function guardWith(changes: GuardOptions = {}): Guard<unknown> {
  return createGuard(options(changes));
}

export type Verdict = Reason | "accepted";

/** What the guard says of a token: `accepted`, or the reason why not. Other errors are a failure of the test. */
export function verdict(
  guard: Guard<unknown>,
  token: string,
  ...requirement: LastArgument<Requirement>
): Promise<Verdict> {
  return verdictOf(guard.verify(token, ...requirement));
}

export async function verdictOf(answer: Promise<unknown>): Promise<Verdict> {
  try {
    await answer;
    return "accepted";
  } catch (error) {
    if (error instanceof AuthError) return error.reason;
    throw error;
  }
}

/** The refusal itself. */
export async function refusalOf(answer: Promise<unknown>): Promise<AuthError> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof AuthError) return error;
    throw error;
  }
  throw new Error("It was accepted");
}

export function bearer(token: string): { method: string; url: string; headers: Record<string, string> } {
  return { method: "GET", url: "/", headers: { authorization: `Bearer ${token}` } };
}
