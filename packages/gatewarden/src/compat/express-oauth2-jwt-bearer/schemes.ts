// Which scheme a token may be presented with, and the challenges for both (RFC 6750, RFC 9449 §7).
import type { AsymmetricAlgorithm } from "../../index.js";
import {
  InvalidProofError,
  InvalidRequestError,
  toBearerChallenge,
  toFailureParameters,
  UnauthorizedError,
} from "./bearer-errors.js";

/** Whether proofs of possession are checked. */
export type DpopMode = "off" | "allowed" | "required";

/** Algorithms of proofs, in the order in which challenges list them. */
export const proofAlgorithms: readonly AsymmetricAlgorithm[] = [
  ...(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const),
  ...(["ES256", "ES384", "ES512", "EdDSA"] as const),
];

/** How a request presents its token. */
export interface Presentation {
  /** The scheme in lower case; undefined without a readable Authorization header. */
  readonly scheme: string | undefined;
  /** The DPoP header, and the raw Authorization header. */
  readonly proof: unknown;
  readonly hasAuthorization: boolean;
}

/** Refuses a scheme that does not fit the mode, before the token is looked at. */
export function refuseScheme({ scheme, proof, hasAuthorization }: Presentation, mode: DpopMode): void {
  const isDpop = scheme === "dpop";
  if (mode === "off") {
    if (hasAuthorization && scheme !== "bearer") throw new InvalidRequestError("", false);
    return;
  }
  if (proof !== undefined && !hasAuthorization) throw new InvalidRequestError("", false);
  if (mode === "required" && !isDpop) {
    throw proof === undefined ? new InvalidRequestError("", false) : new InvalidRequestError(notBearer);
  }
  if (isDpop && (typeof proof !== "string" || (mode === "required" && proof === ""))) {
    throw new InvalidRequestError("", false);
  }
  if (mode === "required" && typeof proof === "string" && proof.includes(",")) {
    throw new InvalidProofError("Multiple DPoP proofs are not allowed");
  }
  if (scheme !== undefined && !isDpop && scheme !== "bearer") throw new UnauthorizedError();
}

/** Refuses a proof beside a valid token of another scheme: it would prove nothing. */
export function refuseIdleProof({ scheme, proof }: Presentation, mode: DpopMode): void {
  if (mode !== "off" && scheme !== "dpop" && proof !== undefined) throw new InvalidRequestError(notBearer);
}

/** How old a proof may be, and how far in the future, in seconds. */
export interface ProofTimes {
  readonly offset: number;
  readonly leeway: number;
}

/**
 * Refuses a proof of another time. The guard has verified the proof, with bounds that are at least
 * as large: it has one tolerance for both ends.
 */
export function refuseProofTime({ scheme, proof }: Presentation, { offset, leeway }: ProofTimes, now: number): void {
  if (scheme !== "dpop" || typeof proof !== "string") return;
  const [, claims = ""] = proof.split(".");
  const { iat }: { readonly iat?: unknown } = JSON.parse(Buffer.from(claims, "base64url").toString());
  if (typeof iat === "number" && iat >= now - offset && iat <= now + leeway) return;
  throw new InvalidProofError('DPoP proof "iat" is outside the acceptable range');
}

const notBearer = "DPoP proof requires the DPoP authentication scheme, not Bearer";

/**
 * Sets the challenges of both schemes. The error is in the challenge of the scheme that the client
 * used (RFC 9449 §7.1); without a scheme, a token elsewhere counts as Bearer.
 */
export function setChallenges(
  error: UnauthorizedError & { readonly code?: string },
  { mode, scheme, isInHeader }: { mode: DpopMode; scheme: string | undefined; isInHeader: boolean },
): void {
  if (mode === "off") return;
  const algorithms = `algs="${proofAlgorithms.join(" ")}"`;
  const { code } = error;
  const failure = code ? { code, description: error.message } : undefined;
  const dpop = (isUsed: boolean) =>
    isUsed && failure ? `DPoP ${toFailureParameters(failure)}, ${algorithms}` : `DPoP ${algorithms}`;
  if (mode === "required") {
    error.headers = { "WWW-Authenticate": dpop(true) };
    return;
  }
  const isBearer = scheme === "bearer" || (scheme !== "dpop" && !isInHeader);
  const bearer = toBearerChallenge(isBearer ? failure : undefined);
  error.headers = { "WWW-Authenticate": `${bearer}, ${dpop(scheme === "dpop")}` };
}
