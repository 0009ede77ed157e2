// A refusal → the error class of express-oauth2-jwt-bearer, with its status and its text.
import { type AuthError, catalogue, type Reason } from "../../index.js";
import { InvalidProofError, InvalidRequestError, InvalidTokenError, UnauthorizedError } from "./bearer-errors.js";

/** Texts that clients and tests may know. For other reasons the text is Gatewarden's own. */
const knownTexts: Partial<Readonly<Record<Reason, string>>> = {
  token_malformed: "Invalid Compact JWS",
  algorithm_not_allowed: "Unexpected 'alg' value",
  algorithm_none: "Unexpected 'alg' value",
  key_unknown: "no applicable key found in the JSON Web Key Set",
  signature_invalid: "signature verification failed",
  issuer_untrusted: "Unexpected 'iss' value",
  audience_mismatch: "Unexpected 'aud' value",
  expired: '"exp" claim timestamp check failed',
  not_yet_valid: '"nbf" claim timestamp check failed',
  issued_in_future: "Unexpected 'iat' value",
  dpop_proof_multiple: "Multiple DPoP proofs are not allowed",
  dpop_method_mismatch: "DPoP Proof htm mismatch",
  dpop_target_mismatch: "DPoP Proof htu mismatch",
  dpop_token_mismatch: 'DPoP Proof "ath" mismatch',
  dpop_stale: 'DPoP proof "iat" is outside the acceptable range',
  dpop_issued_in_future: 'DPoP proof "iat" is outside the acceptable range',
  dpop_signature_invalid: "signature verification failed",
  dpop_key_mismatch: "JWT Access Token confirmation mismatch",
  certificate_mismatch: "JWT Access Token confirmation mismatch",
  certificate_missing: "A client certificate is required for this certificate-bound access token",
};

/** Names that may be part of a text: those of RFC 7519 and RFC 9068, never a token's own. */
const dates: readonly unknown[] = ["exp", "nbf", "iat"];
const names: readonly unknown[] = [...dates, "iss", "aud", "sub", "client_id", "jti"];

/**
 * The error to pass to `next`. Failures of this API or of its issuer have no class there, and stay
 * an `AuthError` with status 503 or 500.
 */
export function toBearerError(refusal: AuthError): UnauthorizedError | AuthError {
  const { reason, error, status } = refusal;
  if (status >= 500) return refusal;
  const text = toText(refusal);
  const options = { cause: refusal };
  if (reason === "credentials_missing" || reason === "scheme_unsupported") return new UnauthorizedError();
  if (reason === "credentials_malformed" || reason === "certificate_malformed")
    return withCause(new InvalidRequestError("", false), options);
  if (error === "invalid_dpop_proof" || error === "use_dpop_nonce")
    return withCause(new InvalidProofError(text), options);
  // As there: the certificate is a part of the request that is missing.
  const isRequest = error === "invalid_request" || reason === "certificate_missing";
  return withCause(isRequest ? new InvalidRequestError(text) : new InvalidTokenError(text), options);
}

function withCause<Kind extends Error>(error: Kind, { cause }: { readonly cause: unknown }): Kind {
  // Not enumerable, as `cause` of the language: a logger prints it only on purpose.
  return Object.defineProperty(error, "cause", { value: cause, configurable: true, writable: true });
}

function toText({ reason, details: { name } }: AuthError): string {
  if (reason === "claim_invalid" && dates.includes(name)) return `"${name}" claim must be a number`;
  if ((reason === "claim_missing" || reason === "claim_invalid") && names.includes(name))
    return `Unexpected '${name}' value`;
  return knownTexts[reason] ?? catalogue[reason].description;
}
