// The catalogue of refusals: one record per reason. Challenges, logs, metrics and the documentation all read it.
import { type BindingReason, bindingReasons } from "./binding-reasons.js";

/** The one stable name of why a request was refused. Branch on this, never on a message. */
export type Reason =
  | "credentials_missing"
  | "credentials_malformed"
  | "credentials_multiple"
  | "scheme_unsupported"
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
  | "audience_mismatch"
  | "claims_rejected"
  | "token_inactive"
  | "token_revoked"
  | BindingReason
  | "permission_missing"
  | "scope_missing"
  | "role_missing"
  | "claim_mismatch"
  | "organization_mismatch"
  | "details_missing"
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

/** What the catalogue says of one reason. */
export interface ReasonRecord {
  /** HTTP status of the answer. */
  readonly status: 400 | 401 | 403 | 500 | 503;
  /** OAuth error code of the challenge; absent where RFC 6750 §3.1 wants none. */
  readonly error?: OAuthErrorCode;
  /** The only text that reaches the caller. Holds no value of the token. */
  readonly description: string;
}

const badRequest = { status: 400, error: "invalid_request" } as const;
const badToken = { status: 401, error: "invalid_token" } as const;
const forbidden = { status: 403, error: "insufficient_scope" } as const;
const freshLogin = { status: 401, error: "insufficient_user_authentication" } as const;

/** Every reason with its status and its text on the wire. Cause and fix of each are in `explain/advice.ts`. */
export const catalogue: Readonly<Record<Reason, ReasonRecord>> = {
  credentials_missing: {
    status: 401,
    description: "An access token is required",
  },
  credentials_malformed: {
    ...badRequest,
    description: "The Authorization header is malformed",
  },
  credentials_multiple: {
    ...badRequest,
    description: "Only one set of credentials may be sent",
  },
  scheme_unsupported: {
    status: 401,
    description: "An access token is required",
  },
  token_too_large: {
    ...badToken,
    description: "The access token is too large",
  },
  token_opaque: {
    ...badToken,
    description: "The access token is not a signed JWT",
  },
  token_encrypted: {
    ...badToken,
    description: "The access token is encrypted",
  },
  token_malformed: {
    ...badToken,
    description: "The access token is malformed",
  },
  algorithm_none: {
    ...badToken,
    description: "The access token is not signed",
  },
  algorithm_not_allowed: {
    ...badToken,
    description: "The access token is signed with an algorithm that is not allowed",
  },
  critical_header_unsupported: {
    ...badToken,
    description: "The access token uses an unsupported extension",
  },
  type_not_allowed: {
    ...badToken,
    description: "The token is not an access token",
  },
  id_token: {
    ...badToken,
    description: "The token is not an access token",
  },
  logout_token: {
    ...badToken,
    description: "The token is not an access token",
  },
  issuer_untrusted: {
    ...badToken,
    description: "The access token is from an issuer that is not trusted",
  },
  key_unknown: {
    ...badToken,
    description: "The access token is signed with an unknown key",
  },
  key_ambiguous: {
    ...badToken,
    description: "The access token does not say which key signed it",
  },
  key_unsuitable: {
    ...badToken,
    description: "The access token is signed with a key that does not fit",
  },
  signature_invalid: {
    ...badToken,
    description: "The access token's signature is invalid",
  },
  claim_missing: {
    ...badToken,
    description: "The access token lacks a required claim",
  },
  claim_invalid: {
    ...badToken,
    description: "The access token has a malformed claim",
  },
  expired: {
    ...badToken,
    description: "The access token expired",
  },
  not_yet_valid: {
    ...badToken,
    description: "The access token is not valid yet",
  },
  issued_in_future: {
    ...badToken,
    description: "The access token is not valid yet",
  },
  audience_mismatch: {
    ...badToken,
    description: "The access token is for another audience",
  },
  claims_rejected: {
    ...badToken,
    description: "The access token's claims are not what this API expects",
  },
  token_inactive: {
    ...badToken,
    description: "The access token is not active",
  },
  token_revoked: {
    ...badToken,
    description: "The access token was revoked",
  },
  ...bindingReasons,
  permission_missing: {
    ...forbidden,
    description: "The access token lacks a permission",
  },
  scope_missing: {
    ...forbidden,
    description: "The access token lacks a scope",
  },
  role_missing: {
    ...forbidden,
    description: "The access token lacks a role",
  },
  claim_mismatch: {
    ...forbidden,
    description: "The access token does not meet this endpoint's conditions",
  },
  organization_mismatch: {
    ...forbidden,
    description: "The access token is for another organization",
  },
  details_missing: {
    ...forbidden,
    description: "The access token lacks authorization details",
  },
  requirement_not_met: {
    ...forbidden,
    description: "The access token does not meet this endpoint's conditions",
  },
  authentication_too_weak: {
    ...freshLogin,
    description: "A stronger login is required",
  },
  authentication_too_old: {
    ...freshLogin,
    description: "A more recent login is required",
  },
  issuer_unavailable: {
    status: 503,
    description: "Access tokens cannot be checked at the moment",
  },
  keys_unavailable: {
    status: 503,
    description: "Access tokens cannot be checked at the moment",
  },
  introspection_unavailable: {
    status: 503,
    description: "Access tokens cannot be checked at the moment",
  },
  revocation_unavailable: {
    status: 503,
    description: "Access tokens cannot be checked at the moment",
  },
  check_failed: {
    status: 500,
    description: "The access token could not be checked",
  },
};
