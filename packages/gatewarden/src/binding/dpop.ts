// Proof of possession by DPoP: the rules of RFC 9449 §4.3 for a proof's claims, and its single use.
// `proof-steps.ts` defines the order of the checks.
import { AuthError } from "../errors.js";
import type { Dependency } from "../monitoring/dependency.js";
import { type Awaitable, chain } from "../platform/awaitable.js";
import { type GuardRequest, readHeader } from "../request/credentials.js";
import { type TargetPolicy, toTarget } from "../request/target.js";
import { normaliseUrl } from "../request/uri.js";
import { sha256Text } from "../token/hash.js";
import { type JsonObject, member } from "../token/json.js";
import type { Nonces } from "./nonce.js";
import { addOnce, type ReplayStore } from "./replay.js";

/** What proofs must satisfy. */
export interface DpopPolicy {
  readonly algorithms: ReadonlySet<string>;
  /** Seconds for which a proof is valid. */
  readonly maxAge: number;
  /** Seconds by which clocks may differ. */
  readonly clockTolerance: number;
  readonly target: TargetPolicy;
  readonly replay: ReplayStore;
  /** Where the state of the store is recorded. */
  readonly replayWatch?: Dependency;
  /** Set where every proof must contain a nonce from this server. */
  readonly nonces: Nonces | undefined;
}

/** A bound token and its request. */
export interface BoundToken {
  /** The SHA-256 of the token, in base64url. */
  readonly hash: () => Awaitable<string>;
  /** Thumbprint of the key that the token is bound to, in base64url. */
  readonly key: string;
  readonly request: GuardRequest;
  /** Seconds since 1970. */
  readonly now: number;
}

/** What a rule of a proof reads. */
export interface ProofFacts extends BoundToken {
  readonly claims: JsonObject;
  readonly policy: DpopPolicy;
}

export type ProofRule = (facts: ProofFacts) => Awaitable<AuthError | undefined>;

/**
 * Exactly one DPoP header with one proof (RFC 9449 §4.3 steps 1 and 2). Two headers are a list, or
 * were joined by a comma.
 */
export function parseProofHeader({ headers }: GuardRequest): string {
  const value = readHeader(headers, "dpop");
  const [proof, ...others] = typeof value === "string" ? [value] : (value ?? []);
  if (proof === undefined || proof === "") throw new AuthError("dpop_proof_missing");
  if (others.length > 0 || proof.includes(",")) throw new AuthError("dpop_proof_multiple");
  return proof;
}

const maxJtiLength = 256;

/**
 * All claims are present with their types (RFC 9449 §4.3 step 3). `jti` is bounded, since it is
 * stored.
 */
export const checkClaims: ProofRule = ({ claims }) => {
  for (const name of textClaims) {
    const value = member(claims, name);
    if (typeof value !== "string" || value === "") return invalid(name, "is not a string that holds something");
    if (name === "jti" && value.length > maxJtiLength) return invalid(name, "is too long");
  }
  for (const name of dateClaims) {
    const isOptional = name !== "iat" && !Object.hasOwn(claims, name);
    if (!isOptional && !Number.isFinite(member(claims, name))) return invalid(name, "is not a number");
  }
  return undefined;
};

const textClaims = ["jti", "htm", "htu", "ath"] as const;
const dateClaims = ["iat", "exp", "nbf"] as const;

/**
 * `htm` is exactly the method (RFC 9449 §4.3 step 8; methods are case-sensitive, RFC 9110 §9.1).
 */
const checkMethod: ProofRule = ({ claims, request }) => {
  const { method: expected } = request;
  const actual = claims["htm"];
  if (actual === expected) return undefined;
  return new AuthError("dpop_method_mismatch", { details: { name: "htm", expected, actual } });
};

/** `htu` is the request's URL in normal form, without query and fragment (RFC 9449 §4.3 step 9). */
const checkTarget: ProofRule = ({ claims, request, policy }) => {
  const expected = toTarget(request, policy.target);
  if (expected instanceof AuthError) return expected;
  const actual = claims["htu"];
  // Most clients write the normal form, so compare that first.
  if (actual === expected || normaliseUrl(String(actual)) === expected) return undefined;
  return new AuthError("dpop_target_mismatch", { details: { name: "htu", expected, actual } });
};

/**
 * `nonce` is a recent one from this server (RFC 9449 §4.3 step 10, §9). It stops proofs made in
 * advance (RFC 9449 §11.2).
 */
const checkNonce: ProofRule = ({ claims, policy }) => {
  if (!policy.nonces) return undefined;
  return chain(policy.nonces.age(member(claims, "nonce")), (age) =>
    age === undefined ? new AuthError("dpop_nonce_required", { details: { name: "nonce" } }) : undefined,
  );
};

/** `iat` is recent, and no further ahead than clocks may differ (RFC 9449 §4.3 step 11, §11.1). */
const checkFreshness: ProofRule = ({ claims, policy, now }) => {
  const iat = Number(claims["iat"]);
  const details = { name: "iat", expected: now, actual: iat };
  if (iat > now + policy.clockTolerance) return new AuthError("dpop_issued_in_future", { details });
  return now < toExpiry(iat, policy) ? undefined : new AuthError("dpop_stale", { details });
};

/**
 * A proof is a JWT: if it has `exp` or `nbf`, it must not be accepted after the one or before the
 * other (RFC 7519 §4.1.4, §4.1.5).
 */
const checkOwnTimes: ProofRule = ({ claims, policy, now }) => {
  const exp = member(claims, "exp") as number | undefined;
  const nbf = member(claims, "nbf") as number | undefined;
  if (nbf !== undefined && nbf > now + policy.clockTolerance)
    return new AuthError("dpop_issued_in_future", { details: { name: "nbf", expected: now, actual: nbf } });
  if (exp === undefined || now < exp + policy.clockTolerance) return undefined;
  return new AuthError("dpop_stale", { details: { name: "exp", expected: now, actual: exp } });
};

/**
 * `ath` is the hash of this token (RFC 9449 §4.3 step 12): a proof is not valid for another token
 * of the same key.
 */
const checkTokenHash: ProofRule = ({ claims, hash }) =>
  // Base64url has one spelling per value, so equal values are equal texts. Anyone who has the token
  // can compute its hash, so constant time is not needed.
  chain(hash(), (expected) => (claims["ath"] === expected ? undefined : new AuthError("dpop_token_mismatch")));

/**
 * Rules for a proof whose claims have the right types: `checkClaims` has verified those that these
 * rules read.
 */
export const proofRules: readonly ProofRule[] = [
  checkMethod,
  checkTarget,
  checkNonce,
  checkFreshness,
  checkOwnTimes,
  checkTokenHash,
];

/**
 * A proof is valid once (RFC 9449 §11.1). The last check of the proof, so that a bad proof, or one
 * without a nonce, is not used up. Later steps, such as revocation and the requirement, may still
 * refuse the request; its proof is then used.
 */
export function refuseReplay({ claims, key, policy }: ProofFacts): Awaitable<undefined> {
  // The hash keeps stored ids small and reveals nothing about the client. Its input contains the
  // key, so ids of different keys never collide.
  return chain(sha256Text(`${key}.${String(claims["jti"])}`), (id) =>
    addOnce(
      { store: policy.replay, watch: policy.replayWatch },
      { id, expiresAt: toExpiry(Number(claims["iat"]), policy), holder: key },
    ),
  );
}

/**
 * When a proof stops being valid. A store may forget it then, since it can no longer be replayed.
 */
function toExpiry(iat: number, { maxAge, clockTolerance }: DpopPolicy): number {
  return iat + maxAge + clockTolerance;
}

function invalid(name: string, problem: string): AuthError {
  return new AuthError("dpop_claim_invalid", { details: { name, problem } });
}
