// All claim rules in one function, and all header rules in another, for the many tokens that none
// of them refuses: saves a fifth of a new token's time beside its signature. Replaces `claimRules`
// of `token/claims.ts` and `headerRules` of `token/header.ts`, which report what is wrong with all
// others.
import { namesNoAudience, type TokenFacts } from "../token/claims.js";
import { isOfClient } from "../token/client.js";

/**
 * Whether certainly no claim rule would refuse the claims. Members are read without checking that
 * they are own properties, so the result is true only while `Object.prototype` has none of them
 * (CWE-1321).
 */
export function isSound(facts: TokenFacts): boolean {
  const { claims, policy, now } = facts;
  const { iss, exp, nbf, iat, sub, client_id, azp, jti, aud, act }: RegisteredClaims = claims;
  const latest = now + policy.clockTolerance;
  return (
    isBare(plain) &&
    policy.tokenType === "any" &&
    iss === policy.issuer &&
    isAhead(exp, now - policy.clockTolerance) &&
    isPast(nbf, latest) &&
    isPast(iat, latest) &&
    isTextIfAny(sub) &&
    isTextIfAny(client_id) &&
    isTextIfAny(azp) &&
    isTextIfAny(jti) &&
    act === undefined &&
    (aud === undefined ? namesNoAudience(policy) : isFor(aud, policy.audiences)) &&
    isOfClient(policy.clientIds, client_id, azp) &&
    grantsSomething(claims) &&
    isOfNoOtherKind(claims)
  );
}

type HeaderFacts = Pick<TokenFacts, "header" | "policy">;

/** Whether certainly no header rule would refuse the header. */
export function isHeaderSound({ header, policy }: HeaderFacts): boolean {
  const { alg, typ } = header;
  const { algorithms, tokenType } = policy;
  return tokenType === "any" && algorithms.has(alg) && (typ === "at+jwt" || typ === "JWT" || typ === undefined);
}

/** The claims that rules read. Each is unknown: JSON may contain anything. */
interface RegisteredClaims {
  readonly iss?: unknown;
  readonly exp?: unknown;
  readonly nbf?: unknown;
  readonly iat?: unknown;
  readonly sub?: unknown;
  readonly client_id?: unknown;
  readonly azp?: unknown;
  readonly jti?: unknown;
  readonly aud?: unknown;
  readonly act?: unknown;
  readonly scope?: unknown;
  readonly scp?: unknown;
  readonly permissions?: unknown;
  readonly events?: unknown;
  readonly nonce?: unknown;
  readonly at_hash?: unknown;
  readonly c_hash?: unknown;
  readonly s_hash?: unknown;
  readonly token_use?: unknown;
  readonly typ?: unknown;
}

/** Has no own members, so any member it has is inherited from `Object.prototype`. */
const plain: RegisteredClaims = {};

/**
 * Whether an object has none of the claims. For `plain` the engine caches the answer until it
 * changes.
 */
function isBare(object: RegisteredClaims): boolean {
  const { iss, exp, nbf, iat, sub, client_id, azp, jti, aud, act } = object;
  const none = undefined;
  const hasParties = client_id !== none || azp !== none || aud !== none || act !== none;
  const hasIdentity = iss !== none || sub !== none || hasParties;
  const hasTime = exp !== none || nbf !== none || iat !== none || jti !== none;
  return !hasIdentity && !hasTime && !grantsSomething(object) && isOfNoOtherKind(object);
}

function grantsSomething({ scope, permissions, scp }: RegisteredClaims): boolean {
  const none = undefined;
  return (scope ?? permissions ?? scp ?? none) !== none;
}

/** Without claims that only tokens of other kinds have. */
function isOfNoOtherKind({ events, nonce, at_hash, c_hash, s_hash, token_use, typ }: RegisteredClaims): boolean {
  const none = undefined;
  const isUnmarked = events === none && nonce === none && at_hash === none && c_hash === none && s_hash === none;
  return isUnmarked && token_use === none && (typ === none || typ === "Bearer");
}

function isAhead(time: unknown, earliest: number): boolean {
  return typeof time === "number" && Number.isFinite(time) && earliest < time;
}

function isPast(time: unknown, latest: number): boolean {
  return time === undefined || (typeof time === "number" && Number.isFinite(time) && time <= latest);
}

function isTextIfAny(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

function isFor(audience: unknown, audiences: readonly string[]): boolean {
  if (typeof audience === "string") return audiences.includes(audience);
  return Array.isArray(audience) && audience.every(isText) && audience.some((one) => audiences.includes(one));
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
