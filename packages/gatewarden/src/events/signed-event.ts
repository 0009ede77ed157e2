// What a logout token and a security event token have in common: a JWT that the guard's own issuer
// signed, whose keys are those that the guard has (RFC 8417 §2, OIDC Back-Channel Logout §2.6).
import { AuthError, ConfigError } from "../errors.js";
import type { Guard } from "../guard.js";
import type { IssuerPolicies, IssuerPolicy } from "../issuer/policy.js";
import { findClock, findIssuers } from "../platform/guard-clock.js";
import type { GuardRequest } from "../request/credentials.js";
import { type Rule, stopAtFirst } from "../road/step.js";
import { checkPresent, isAbsent, readClaim } from "../token/absent.js";
import type { AsymmetricAlgorithm } from "../token/algorithms.js";
import { verifySignature } from "../token/compact.js";
import { type JsonObject, member } from "../token/json.js";
import { toList, toType } from "../token/kind.js";
import { createTokenParser, type TokenHeader } from "../token/parse.js";

/** An event whose signature is verified. */
export interface SignedEvent {
  readonly header: TokenHeader;
  readonly claims: JsonObject;
  readonly policy: IssuerPolicy;
  /** Seconds since 1970. */
  readonly now: number;
}

/** What an event must satisfy. */
export interface EventTerms {
  /**
   * Types that its header may name, without `application/`, in lower case. A token without type, or
   * with the type `JWT`, is accepted too, since both specifications only recommend a type (OIDC
   * Back-Channel Logout §2.4, RFC 8417 §2.3).
   */
  readonly type: string;
  /** Undefined for those that the guard accepts. HMAC is never accepted. */
  readonly algorithms: readonly AsymmetricAlgorithm[] | undefined;
  /** Rules for its claims. They run once the signature is verified. */
  readonly rules: readonly Rule<SignedEvent>[];
}

/** Verifies events. */
export interface EventVerifier {
  /**
   * Rejects with `AuthError`: the reasons of a token's form, header, key and signature, and those
   * of the rules. `request` is what a resolver's `tenant` reads.
   */
  verify(token: string, request?: GuardRequest): Promise<SignedEvent>;
  /** Seconds since 1970, by the guard's clock. */
  now(): number;
}

/** Larger than any event that providers are known to send; verifying costs no more than a token. */
const maxEventSize = 16_384;

/** Creates a verifier over the issuers of a guard. Throws `ConfigError` for another guard. */
export function createEventVerifier(guard: Guard<unknown>, terms: EventTerms): EventVerifier {
  const now = requireClock(guard);
  // Verified headers are not remembered: events are rare.
  const parser = createTokenParser(maxEventSize);
  return {
    now,
    async verify(token, request) {
      const { header, claims, payloadEnd } = parser.parse(token);
      const policy = await requirePolicies(guard).find(claims, request);
      const refusal = checkHeader(header, policy, terms);
      if (refusal) throw refusal;
      const verify = await policy.keys.pick(header);
      if (!(await verifySignature(token, payloadEnd, verify))) throw new AuthError("signature_invalid");
      const event = { header, claims, policy, now: now() };
      const wrong = await stopAtFirst(terms.rules, event);
      if (wrong) throw wrong;
      return event;
    },
  };
}

function requireClock(guard: Guard<unknown>): () => number {
  const clock = typeof guard === "object" && guard !== null ? findClock(guard) : undefined;
  if (clock) return clock;
  const problem = "must be a guard from createGuard: its issuers and their keys verify the events";
  throw new ConfigError({ option: "guard", problem, example: "createGuard({ issuer, audience })" });
}

/** A guard whose options are a function may still be without them. */
function requirePolicies(guard: Guard<unknown>): IssuerPolicies {
  const policies = findIssuers(guard);
  if (policies !== undefined) return policies as IssuerPolicies;
  const problem = "has no valid options yet";
  throw new ConfigError({ option: "guard", problem, example: "await guard.ready()" });
}

/**
 * The algorithm is allowed and asymmetric: a secret that the API shares with its issuer must not
 * sign events (RFC 8725 §3.1, OIDC Back-Channel Logout §2.6). The type is an event's, so that no
 * other kind of JWT passes for one (RFC 8725 §3.11 and §3.12).
 */
function checkHeader(header: TokenHeader, policy: IssuerPolicy, terms: EventTerms): AuthError | undefined {
  const allowed: readonly string[] = terms.algorithms ?? [...policy.algorithms];
  const expected = allowed.filter((name) => !name.startsWith("HS"));
  const { alg } = header;
  if (!expected.includes(alg)) {
    return new AuthError("algorithm_not_allowed", { details: { name: "alg", expected, actual: alg } });
  }
  const type = toType(header);
  if (type === undefined || type === "jwt" || type === terms.type) return undefined;
  return new AuthError("type_not_allowed", {
    details: { name: "typ", expected: [terms.type, "JWT"], actual: header.typ },
  });
}

/**
 * The largest clock tolerance of a guard's issuers, in seconds; at least the default, as for
 * issuers that are looked up.
 */
export function readTolerance(guard: Guard<unknown>): number {
  const policies = findIssuers(guard) as IssuerPolicies | undefined;
  return Math.max(5, ...(policies?.all ?? []).map(({ clockTolerance }) => clockTolerance));
}

/** Required claims are present. One rule per claim. */
export function toPresenceRules(names: readonly string[]): readonly Rule<SignedEvent>[] {
  return names.map(
    (name) =>
      ({ claims }) =>
        checkPresent(claims, name),
  );
}

/** Text claims, where present, are not empty. */
export function toFilledRules(names: readonly string[]): readonly Rule<SignedEvent>[] {
  return names.map((name) => ({ claims }) => {
    if (isAbsent(claims, name) || isNonEmptyText(readClaim(claims, name))) return undefined;
    return toInvalidClaim(name, "must be a non-empty string");
  });
}

/**
 * One `aud` is the receiver's, and none is unknown to it: RFC 7519 §4.1.3, and OIDC Core §3.1.3.7
 * step 3, which refuses further audiences that the client does not trust.
 */
export function toAudienceRule(own: readonly string[], isOnly: boolean): Rule<SignedEvent> {
  return ({ claims }) => {
    const actual = member(claims, "aud");
    const listed = toList(actual);
    const isOwn = (one: unknown) => own.some((name) => name === one);
    if (isOnly ? listed.length > 0 && listed.every(isOwn) : listed.some(isOwn)) return undefined;
    return new AuthError("audience_mismatch", { details: { name: "aud", expected: own, actual } });
  };
}

/** The refusal of a malformed claim. */
export function toInvalidClaim(name: string, problem: string): AuthError {
  return new AuthError("claim_invalid", { details: { name, problem } });
}

/** Whether it is text that is not empty. */
export function isNonEmptyText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
