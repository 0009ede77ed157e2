// The catalogue of refusals: one record per reason. Challenges, logs, metrics and documentation
// read it.

/** The stable name of why a request was refused. Branch on this, never on a message. */
export type Reason =
  | "credentials_missing"
  | "credentials_malformed"
  | "credentials_multiple"
  | "scheme_unsupported"
  | "origin_not_allowed"
  | "token_too_large"
  | "token_opaque"
  | "token_encrypted"
  | "token_malformed"
  | "algorithm_none"
  | "algorithm_not_allowed"
  | "critical_header_unsupported"
  | "type_not_allowed"
  | "id_token"
  | "logout_token"
  | "issuer_untrusted"
  | "key_unknown"
  | "key_ambiguous"
  | "key_unsuitable"
  | "signature_invalid"
  | "claim_missing"
  | "claim_invalid"
  | "expired"
  | "not_yet_valid"
  | "issued_in_future"
  | "token_too_old"
  | "audience_mismatch"
  | "client_mismatch"
  | "claims_rejected"
  | "token_inactive"
  | "token_revoked"
  | BindingReason
  | "permission_missing"
  | "scope_missing"
  | "role_missing"
  | "claim_mismatch"
  | "organization_mismatch"
  | "actor_mismatch"
  | "details_missing"
  | "condition_not_met"
  | "requirement_not_met"
  | "authentication_too_weak"
  | "authentication_too_old"
  | "issuer_unavailable"
  | "keys_unavailable"
  | "introspection_unavailable"
  | "revocation_unavailable"
  | "check_failed";

/** The error codes that RFC 6750 §3.1, RFC 9449 §12.2 and RFC 9470 §3 define for a challenge. */
export type OAuthErrorCode =
  | "invalid_request"
  | "invalid_token"
  | "insufficient_scope"
  | "insufficient_user_authentication"
  | "invalid_dpop_proof"
  | "use_dpop_nonce";

/** What the catalogue contains for one reason. */
export interface ReasonRecord {
  /** HTTP status of the response. */
  readonly status: 400 | 401 | 403 | 500 | 503;
  /** OAuth error code of the challenge; absent where RFC 6750 §3.1 wants none. */
  readonly error?: OAuthErrorCode;
  /** The only text that reaches the caller. Contains no value of the token. */
  readonly description: string;
}

/** Why a bound token, or the proof sent with it, was refused. */
export type BindingReason =
  | "binding_unproven"
  | "binding_missing"
  | "dpop_token_unbound"
  | "dpop_proof_missing"
  | "dpop_proof_multiple"
  | "dpop_proof_malformed"
  | "dpop_extension_unsupported"
  | "dpop_type_not_allowed"
  | "dpop_algorithm_not_allowed"
  | "dpop_key_unusable"
  | "dpop_signature_invalid"
  | "dpop_claim_invalid"
  | "dpop_method_mismatch"
  | "dpop_target_mismatch"
  | "dpop_stale"
  | "dpop_issued_in_future"
  | "dpop_token_mismatch"
  | "dpop_key_mismatch"
  | "dpop_nonce_required"
  | "dpop_replayed"
  | "replay_store_unavailable"
  | "target_unknown"
  | "certificate_missing"
  | "certificate_malformed"
  | "certificate_mismatch";

type Make = (description: string) => ReasonRecord;
const badRequest: Make = (description) => ({ status: 400, error: "invalid_request", description });
const badToken: Make = (description) => ({ status: 401, error: "invalid_token", description });
const badProof: Make = (description) => ({ status: 401, error: "invalid_dpop_proof", description });
const freshLogin: Make = (description) => ({ status: 401, error: "insufficient_user_authentication", description });
const forbidden: Make = (description) => ({ status: 403, error: "insufficient_scope", description });
const unavailable: Make = (description) => ({ status: 503, description });

/** The reasons about tokens bound to a key of their sender (RFC 9449, RFC 8705). */
export const bindingReasons: Readonly<Record<BindingReason, ReasonRecord>> = {
  binding_unproven: badToken("The access token is bound to a key that was not proven"),
  binding_missing: badToken("The access token must be bound to a key of its sender"),
  dpop_token_unbound: badToken("The access token is not bound to a DPoP key"),
  dpop_proof_missing: badProof("A DPoP proof is required"),
  dpop_proof_multiple: badProof("Only one DPoP proof may be sent"),
  dpop_proof_malformed: badProof("The DPoP proof is malformed"),
  dpop_extension_unsupported: badProof("The DPoP proof uses an unsupported extension"),
  dpop_type_not_allowed: badProof("The DPoP header holds no DPoP proof"),
  dpop_algorithm_not_allowed: badProof("The DPoP proof is signed with an algorithm that is not allowed"),
  dpop_key_unusable: badProof("The DPoP proof's key cannot be used"),
  dpop_signature_invalid: badProof("The DPoP proof's signature is invalid"),
  dpop_claim_invalid: badProof("The DPoP proof lacks a claim or has a malformed one"),
  dpop_method_mismatch: badProof("The DPoP proof is for another method"),
  dpop_target_mismatch: badProof("The DPoP proof is for another URL"),
  dpop_stale: badProof("The DPoP proof is too old"),
  dpop_issued_in_future: badProof("The DPoP proof is not valid yet"),
  dpop_token_mismatch: badProof("The DPoP proof is for another access token"),
  dpop_key_mismatch: badToken("The access token is bound to another DPoP key"),
  dpop_nonce_required: {
    status: 401,
    error: "use_dpop_nonce",
    description: "The DPoP proof must hold a nonce from this server",
  },
  dpop_replayed: badProof("The DPoP proof was used before"),
  replay_store_unavailable: unavailable("DPoP proofs cannot be checked at the moment"),
  target_unknown: badRequest("The URL of the request cannot be determined"),
  certificate_missing: badToken("The access token is bound to a client certificate, and none was presented"),
  certificate_malformed: badToken("The client certificate cannot be read"),
  certificate_mismatch: badToken("The access token is bound to another client certificate"),
};

/**
 * Every reason with its status and its text on the wire. Cause and fix of each are in
 * `explain/advice.ts`.
 */
export const catalogue: Readonly<Record<Reason, ReasonRecord>> = {
  credentials_missing: { status: 401, description: "An access token is required" },
  credentials_malformed: badRequest("The Authorization header is malformed"),
  credentials_multiple: badRequest("Only one set of credentials may be sent"),
  scheme_unsupported: { status: 401, description: "An access token is required" },
  origin_not_allowed: { status: 403, description: "Pages of this origin may not use the cookie" },
  // Not `invalid_token`, which makes clients request a new token (RFC 6750 §3.1): the new one would
  // be as large. Not 431 (RFC 6585 §5) either, for which OAuth has no error code.
  token_too_large: badRequest("The access token is too large for this API; logging in again does not help"),
  token_opaque: badToken("The access token is not a signed JWT"),
  token_encrypted: badToken("The access token is encrypted"),
  token_malformed: badToken("The access token is malformed"),
  algorithm_none: badToken("The access token is not signed"),
  algorithm_not_allowed: badToken("The access token is signed with an algorithm that is not allowed"),
  critical_header_unsupported: badToken("The access token uses an unsupported extension"),
  type_not_allowed: badToken("The token is not an access token"),
  id_token: badToken("The token is not an access token"),
  logout_token: badToken("The token is not an access token"),
  issuer_untrusted: badToken("The access token is from an issuer that is not trusted"),
  key_unknown: badToken("The access token is signed with an unknown key"),
  key_ambiguous: badToken("The access token does not say which key signed it"),
  key_unsuitable: badToken("The access token is signed with a key that does not fit"),
  signature_invalid: badToken("The access token's signature is invalid"),
  claim_missing: badToken("The access token lacks a required claim"),
  claim_invalid: badToken("The access token has a malformed claim"),
  expired: badToken("The access token expired"),
  not_yet_valid: badToken("The access token is not valid yet"),
  issued_in_future: badToken("The access token is not valid yet"),
  token_too_old: badToken("The access token was issued too long ago"),
  audience_mismatch: badToken("The access token is for another audience"),
  client_mismatch: badToken("The access token was issued to another client"),
  claims_rejected: badToken("The access token's claims are not what this API expects"),
  token_inactive: badToken("The access token is not active"),
  token_revoked: badToken("The access token was revoked"),
  ...bindingReasons,
  permission_missing: forbidden("The access token lacks a permission"),
  scope_missing: forbidden("The access token lacks a scope"),
  role_missing: forbidden("The access token lacks a role"),
  claim_mismatch: forbidden("The access token does not meet this endpoint's conditions"),
  organization_mismatch: forbidden("The access token is for another organization"),
  actor_mismatch: forbidden("The access token does not name the actor that this endpoint requires"),
  details_missing: forbidden("The access token lacks authorization details"),
  condition_not_met: forbidden("The access token does not meet this endpoint's conditions"),
  requirement_not_met: forbidden("The access token does not meet this endpoint's conditions"),
  authentication_too_weak: freshLogin("A stronger login is required"),
  authentication_too_old: freshLogin("A more recent login is required"),
  issuer_unavailable: unavailable("Access tokens cannot be checked at the moment"),
  keys_unavailable: unavailable("Access tokens cannot be checked at the moment"),
  introspection_unavailable: unavailable("Access tokens cannot be checked at the moment"),
  revocation_unavailable: unavailable("Access tokens cannot be checked at the moment"),
  check_failed: { status: 500, description: "The access token could not be checked" },
};
