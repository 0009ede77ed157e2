// The catalogue of refusals: one record per reason. Challenges, logs, explain and the documentation all read it.
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
  /** For the developer: what usually leads here. */
  readonly cause: string;
  /** For the developer: what to do about it. */
  readonly fix: string;
}

const badRequest = { status: 400, error: "invalid_request" } as const;
const badToken = { status: 401, error: "invalid_token" } as const;
const forbidden = { status: 403, error: "insufficient_scope" } as const;
const freshLogin = { status: 401, error: "insufficient_user_authentication" } as const;

/** Every reason with its status, its text on the wire, its cause and its fix. */
export const catalogue: Readonly<Record<Reason, ReasonRecord>> = {
  credentials_missing: {
    status: 401,
    description: "An access token is required",
    cause: "No Authorization header arrived: the client sent none, or a proxy in between removed it.",
    fix: "Send `Authorization: Bearer <access token>`. If the client does, look for a proxy that strips the header.",
  },
  credentials_malformed: {
    ...badRequest,
    description: "The Authorization header is malformed",
    cause:
      "After the scheme there must be one token and nothing else: `Bearer Bearer …`, quotes and line breaks are common slips.",
    fix: "Send exactly `Authorization: Bearer <access token>`, without quotes, commas or a second scheme.",
  },
  credentials_multiple: {
    ...badRequest,
    description: "Only one set of credentials may be sent",
    cause: "The request carried more than one Authorization header, or two credentials joined by a comma.",
    fix: "Send one Authorization header. If the client does, look for a proxy that adds a second one.",
  },
  scheme_unsupported: {
    status: 401,
    description: "An access token is required",
    cause:
      "The Authorization header uses a scheme that this API does not take, or the token was sent without a scheme in front.",
    fix: "Put `Bearer ` before the token. For the scheme DPoP, switch `dpop` on.",
  },
  token_too_large: {
    ...badToken,
    description: "The access token is too large",
    cause: "The token is longer than this API accepts.",
    fix: "Put fewer claims into the token, or raise `maxTokenSize` (64 KiB at most).",
  },
  token_opaque: {
    ...badToken,
    description: "The access token is not a signed JWT",
    cause: "The token has one part: an opaque token. Auth0 issues those when the client asked for no audience.",
    fix: "Let the client request this API's audience when it logs in, then log in again.",
  },
  token_encrypted: {
    ...badToken,
    description: "The access token is encrypted",
    cause:
      "The token has five parts: an encrypted token (JWE). Auth0 issues those for its own use when no audience was requested.",
    fix: "Let the client request this API's audience, and switch token encryption off for this API.",
  },
  token_malformed: {
    ...badToken,
    description: "The access token is malformed",
    cause:
      "The token is not three base64url parts that hold JSON objects. It may have been cut, joined or re-encoded on the way.",
    fix: "Send the token exactly as the authorization server issued it.",
  },
  algorithm_none: {
    ...badToken,
    description: "The access token is not signed",
    cause: "The token names the algorithm `none`: anybody could have written it.",
    fix: "Use a token that the authorization server signed.",
  },
  algorithm_not_allowed: {
    ...badToken,
    description: "The access token is signed with an algorithm that is not allowed",
    cause:
      "The token's `alg` is not one this API accepts. HS256 in the token while the API expects RS256 is the usual mix-up.",
    fix: "Choose RS256 in the API's settings at the authorization server, or list the algorithm in `algorithms`.",
  },
  critical_header_unsupported: {
    ...badToken,
    description: "The access token uses an unsupported extension",
    cause: "The token's header demands an extension (`crit` or `b64`) that access tokens must not use.",
    fix: "Issue the token without critical header extensions.",
  },
  type_not_allowed: {
    ...badToken,
    description: "The token is not an access token",
    cause: "The token's `typ` says that it is something else than an access token, or `at+jwt` is demanded and absent.",
    fix: "Send an access token. If the provider does not issue `at+jwt`, set `tokenType` to `any`.",
  },
  id_token: {
    ...badToken,
    description: "The token is not an access token",
    cause: "This is an ID token: it tells the client who logged in and is not meant for an API.",
    fix: "Send the access token. The client gets one for this API when it requests the API's audience.",
  },
  logout_token: {
    ...badToken,
    description: "The token is not an access token",
    cause: "This is a security event or logout token, which is meant for back-channel logout.",
    fix: "Send an access token.",
  },
  issuer_untrusted: {
    ...badToken,
    description: "The access token is from an issuer that is not trusted",
    cause:
      "The token's `iss` is not, letter for letter, an issuer of this API. A trailing slash or another tenant is the usual difference.",
    fix: "Set `issuer` to the exact `iss` of the token, or log in at the right tenant.",
  },
  key_unknown: {
    ...badToken,
    description: "The access token is signed with an unknown key",
    cause: "No key of the issuer has the token's `kid`, also after asking the issuer again.",
    fix: "Check that the token comes from the configured issuer, and that the issuer publishes the key it signs with.",
  },
  key_ambiguous: {
    ...badToken,
    description: "The access token does not say which key signed it",
    cause: "More than one key of the issuer fits: the token has no `kid`, or several keys share it.",
    fix: "Let the issuer put a unique `kid` into its keys and tokens.",
  },
  key_unsuitable: {
    ...badToken,
    description: "The access token is signed with a key that does not fit",
    cause: "The key with the token's `kid` is not for the token's algorithm, or not for signatures.",
    fix: "Check `kty`, `crv`, `alg`, `use` and `key_ops` of the key in the issuer's key set.",
  },
  signature_invalid: {
    ...badToken,
    description: "The access token's signature is invalid",
    cause: "The token was changed after it was signed, or another key signed it.",
    fix: "Send the token exactly as issued; check that API and client use the same tenant.",
  },
  claim_missing: {
    ...badToken,
    description: "The access token lacks a required claim",
    cause: "A claim that every access token for this API must have is absent.",
    fix: "Let the authorization server issue the claim that the details name.",
  },
  claim_invalid: {
    ...badToken,
    description: "The access token has a malformed claim",
    cause: "A registered claim has the wrong type, such as a date written as text.",
    fix: "Let the authorization server issue the claim as RFC 7519 defines it.",
  },
  expired: {
    ...badToken,
    description: "The access token expired",
    cause: "The token's `exp` has passed.",
    fix: "Get a new token. If it is fresh, compare the clocks of this machine and the authorization server.",
  },
  not_yet_valid: {
    ...badToken,
    description: "The access token is not valid yet",
    cause: "The token's `nbf` is in the future: usually a clock that is behind.",
    fix: "Synchronise this machine's clock, or raise `clockTolerance` by a few seconds.",
  },
  issued_in_future: {
    ...badToken,
    description: "The access token is not valid yet",
    cause: "The token's `iat` is in the future: usually a clock that is behind.",
    fix: "Synchronise this machine's clock, or raise `clockTolerance` by a few seconds.",
  },
  audience_mismatch: {
    ...badToken,
    description: "The access token is for another audience",
    cause: "None of the token's `aud` values is this API's identifier.",
    fix: "Let the client request this API's audience, or set `audience` to the identifier the API has at the provider.",
  },
  claims_rejected: {
    ...badToken,
    description: "The access token's claims are not what this API expects",
    cause: "The claims do not satisfy the schema given as `claims`.",
    fix: "Issue the claims that the schema asks for, or make them optional in the schema.",
  },
  token_inactive: {
    ...badToken,
    description: "The access token is not active",
    cause: "The authorization server, asked by introspection, says that the token is unknown, expired or revoked.",
    fix: "Get a new token. If it is fresh, check that the introspection endpoint belongs to the server that issued it.",
  },
  token_revoked: {
    ...badToken,
    description: "The access token was revoked",
    cause: "The deny list given as `revocation` names the token, its session, or its subject before some time.",
    fix: "Log in again. If the token should be good, look it up in the deny list.",
  },
  ...bindingReasons,
  permission_missing: {
    ...forbidden,
    description: "The access token lacks a permission",
    cause:
      "The token's `permissions` do not hold what this endpoint needs. With no `permissions` claim at all, RBAC is off for the API.",
    fix: "In Auth0: enable RBAC and 'Add Permissions in the Access Token' for the API, assign the permission, log in again.",
  },
  scope_missing: {
    ...forbidden,
    description: "The access token lacks a scope",
    cause: "The token's `scope` does not hold what this endpoint needs.",
    fix: "Let the client request the scope, and let the user or the policy grant it.",
  },
  role_missing: {
    ...forbidden,
    description: "The access token lacks a role",
    cause: "The token's roles do not hold what this endpoint needs, or stand in another claim than the configured one.",
    fix: "Assign the role, put it into the token, and set `claimNames.roles` to the claim that carries it.",
  },
  claim_mismatch: {
    ...forbidden,
    description: "The access token does not meet this endpoint's conditions",
    cause: "A claim that this endpoint requires is absent or has another value.",
    fix: "Check the claim that the details name against the endpoint's requirement.",
  },
  organization_mismatch: {
    ...forbidden,
    description: "The access token is for another organization",
    cause: "The token's `org_id` is absent or not one this endpoint accepts.",
    fix: "Log in to the organization that owns the resource.",
  },
  details_missing: {
    ...forbidden,
    description: "The access token lacks authorization details",
    cause: "No entry of the token's `authorization_details` has the type and the members that this endpoint needs.",
    fix: "Let the client request the `authorization_details` (RFC 9396) that the details name, in one entry.",
  },
  requirement_not_met: {
    ...forbidden,
    description: "The access token does not meet this endpoint's conditions",
    cause: "None of the alternatives of this endpoint's requirement holds, or something that it rules out does.",
    fix: "Compare the token with the endpoint's requirement, alternative by alternative.",
  },
  authentication_too_weak: {
    ...freshLogin,
    description: "A stronger login is required",
    cause: "The token's `acr` is absent or not one that this endpoint accepts: the user logged in in a weaker way.",
    fix: "Send the user to the issuer again with the challenge's `acr_values`. If `acr` is absent, let the issuer put it into the token.",
  },
  authentication_too_old: {
    ...freshLogin,
    description: "A more recent login is required",
    cause:
      "The token's `auth_time` is absent or longer ago than this endpoint accepts. A refreshed token keeps the old time.",
    fix: "Send the user to the issuer again with the challenge's `max_age`. If `auth_time` is absent, let the issuer put it into the token.",
  },
  keys_unavailable: {
    status: 503,
    description: "Access tokens cannot be checked at the moment",
    cause: "The issuer's keys could not be fetched and no usable copy is at hand. This is not the caller's fault.",
    fix: "Check that this machine reaches the issuer: URL, DNS, TLS, proxy. The error's `cause` says what failed.",
  },
  introspection_unavailable: {
    status: 503,
    description: "Access tokens cannot be checked at the moment",
    cause: "The introspection endpoint could not be asked, or its answer was unusable. This is not the caller's fault.",
    fix: "Check endpoint and client credentials, and that this machine reaches it. The error's `cause` says what failed.",
  },
  revocation_unavailable: {
    status: 503,
    description: "Access tokens cannot be checked at the moment",
    cause: "The deny list given as `revocation` threw, or answered neither true nor false. Nobody is let in then.",
    fix: "See the error's `cause` and mend the store of the deny list.",
  },
  check_failed: {
    status: 500,
    description: "The access token could not be checked",
    cause: "Code that the check depends on threw, such as a schema's own function. Nobody is let in when that happens.",
    fix: "See the error's `cause` and mend what threw.",
  },
};
