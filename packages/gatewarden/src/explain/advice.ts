// Cause and fix of each reason, for developers. Apart from the catalogue, which every request
// needs.

import type { Reason } from "../reasons.js";
import { bindingAdvice } from "./binding-advice.js";
import type { Advice } from "./cause-and-fix.js";

export type { Advice };

/**
 * Cause and fix of every reason, for logs, `explain` and documentation. Never sent to clients in
 * production.
 */
export const advice: Readonly<Record<Reason, Advice>> = {
  ...bindingAdvice,
  credentials_missing: {
    cause: "No Authorization header arrived: the client sent none, or a proxy in between removed it.",
    fix: "Send `Authorization: Bearer <access token>`. If the client does, look for a proxy that strips the header.",
  },
  credentials_malformed: {
    cause:
      "After the scheme there must be one token and nothing else: `Bearer Bearer …`, quotes and line breaks are common slips.",
    fix: "Send exactly `Authorization: Bearer <access token>`, without quotes, commas or a second scheme.",
  },
  credentials_multiple: {
    cause: "The request carried more than one Authorization header, or two credentials joined by a comma.",
    fix: "Send one Authorization header. If the client does, look for a proxy that adds a second one.",
  },
  scheme_unsupported: {
    cause:
      "The Authorization header uses a scheme that this API does not take, or the token was sent without a scheme in front.",
    fix: "Put `Bearer ` before the token. For the scheme DPoP, switch `dpop` on.",
  },
  origin_not_allowed: {
    cause:
      "The token came in a cookie, and the page that sent the request is not of an origin in `tokenFrom.origins`. Browsers send cookies for any page.",
    fix: "Add the page's origin to `tokenFrom.origins` if it is yours. Other clients send the token in the Authorization header.",
  },
  token_too_large: {
    cause: "The token is longer than this API accepts.",
    fix: "Put fewer claims into the token, or raise `maxTokenSize` (64 KiB at most), and with it Node's `--max-http-header-size`, which is 16 KiB for all headers of a request.",
  },
  token_opaque: {
    cause: "The token has one part: an opaque token. Auth0 issues those when the client asked for no audience.",
    fix: "Let the client request this API's audience when it logs in, then log in again.",
  },
  token_encrypted: {
    cause:
      "The token has five parts: an encrypted token (JWE). Auth0 issues those for its own use when no audience was requested.",
    fix: "Let the client request this API's audience, and switch token encryption off for this API.",
  },
  token_malformed: {
    cause:
      "The token is not three base64url parts that hold JSON objects. It may have been cut, joined or re-encoded on the way.",
    fix: "Send the token exactly as the authorization server issued it.",
  },
  algorithm_none: {
    cause: "The token names the algorithm `none`: anyone could have written it.",
    fix: "Use a token that the authorization server signed.",
  },
  algorithm_not_allowed: {
    cause:
      "The token's `alg` is not one this API accepts. HS256 in the token while the API expects RS256 is the usual mix-up.",
    fix: "Choose RS256 in the API's settings at the authorization server. An algorithm with a private key, such as ES256, may be added to `algorithms` instead.",
  },
  critical_header_unsupported: {
    cause: "The token's header demands an extension (`crit` or `b64`) that access tokens must not use.",
    fix: "Issue the token without critical header extensions.",
  },
  type_not_allowed: {
    cause: "The token's `typ` says that it is something else than an access token, or `at+jwt` is demanded and absent.",
    fix: "Send an access token. If the provider does not issue `at+jwt`, set `tokenType` to `any`.",
  },
  id_token: {
    cause: "This is an ID token: it tells the client who logged in and is not meant for an API.",
    fix: "Send the access token. The client gets one for this API when it requests the API's audience.",
  },
  logout_token: {
    cause: "This is a security event or logout token, which is meant for back-channel logout.",
    fix: "Send an access token.",
  },
  issuer_untrusted: {
    cause:
      "The token's `iss` is not, letter for letter, an issuer of this API. A trailing slash or another tenant is the usual difference.",
    fix: "Log in at the tenant that this API is configured for. If the token's is the right one by the provider's own pages, set `issuer` to it, letter for letter.",
  },
  key_unknown: {
    cause: "No key of the issuer has the token's `kid`, also after asking the issuer again.",
    fix: "Check that the token comes from the configured issuer, and that the issuer publishes the key it signs with.",
  },
  key_ambiguous: {
    cause:
      "More than one key of the issuer fits: different keys share the token's `kid`, or it has none and more than four fit.",
    fix: "Let the issuer put a unique `kid` into its keys and tokens.",
  },
  key_unsuitable: {
    cause: "The key with the token's `kid` is not for the token's algorithm, or not for signatures.",
    fix: "Check `kty`, `crv`, `alg`, `use` and `key_ops` of the key in the issuer's key set.",
  },
  signature_invalid: {
    cause: "The token was changed after it was signed, or another key signed it.",
    fix: "Send the token exactly as issued; check that API and client use the same tenant.",
  },
  claim_missing: {
    cause: "A claim that every access token for this API must have is absent.",
    fix: "Let the authorization server issue that claim.",
  },
  claim_invalid: {
    cause: "A registered claim has the wrong type, such as a date written as text.",
    fix: "Let the authorization server issue the claim as RFC 7519 defines it.",
  },
  expired: {
    cause: "The token's `exp` has passed.",
    fix: "Get a new token. If it is fresh, compare the clocks of this machine and the authorization server.",
  },
  not_yet_valid: {
    cause: "The token's `nbf` is in the future: usually a clock that is behind.",
    fix: "Synchronise this machine's clock, or raise `clockTolerance` by a few seconds.",
  },
  issued_in_future: {
    cause: "The token's `iat` is in the future: usually a clock that is behind.",
    fix: "Synchronise this machine's clock, or raise `clockTolerance` by a few seconds.",
  },
  token_too_old: {
    cause: "The token's `iat` is longer ago than `maxTokenAge` allows, although it has not expired.",
    fix: "Get a new token. If the authorization server hands out older ones, raise `maxTokenAge`, or let tokens live shorter there.",
  },
  audience_mismatch: {
    cause: "None of the token's `aud` values is this API's identifier.",
    fix: "Let the client request this API's audience, or set `audience` to the identifier the API has at the provider.",
  },
  client_mismatch: {
    cause: "The token was issued to a client that this API does not take (`client_id`, `azp`).",
    fix: "Log in with a client that `clientId` lists, or add this one to it. Where a token names its client in several claims, each must be listed.",
  },
  claims_rejected: {
    cause: "The claims do not satisfy the schema given as `claims`.",
    fix: "Issue the claims that the schema asks for, or make them optional in the schema.",
  },
  token_inactive: {
    cause: "The authorization server, asked by introspection, says that the token is unknown, expired or revoked.",
    fix: "Get a new token. If it is fresh, check that the introspection endpoint belongs to the server that issued it.",
  },
  token_revoked: {
    cause: "The deny list given as `revocation` names the token, its session, or its subject before some time.",
    fix: "Log in again. If the token should be good, look it up in the deny list.",
  },
  permission_missing: {
    cause:
      "The token's `permissions` do not hold what this endpoint needs. With no `permissions` claim at all, RBAC is off for the API.",
    fix: "In Auth0: enable RBAC and 'Add Permissions in the Access Token' for the API, assign the permission, log in again.",
  },
  scope_missing: {
    cause: "The token's `scope` does not hold what this endpoint needs.",
    fix: "Let the client request the scope, and let the user or the policy grant it. If the token has it in another claim or shape, set `claimNames.scope` or `claimFormats.scope`.",
  },
  role_missing: {
    cause: "The token's roles do not hold what this endpoint needs, or stand in another claim than the configured one.",
    fix: "Assign the role, put it into the token, and set `claimNames.roles` to the claim that carries it, and `claimFormats.roles` if it is not a list.",
  },
  claim_mismatch: {
    cause: "A claim that this endpoint requires is absent or has another value.",
    fix: "Check the claim that the details name against the endpoint's requirement.",
  },
  organization_mismatch: {
    cause: "The token's `org_id` is absent or not one this endpoint accepts.",
    fix: "Log in to the organization that owns the resource.",
  },
  actor_mismatch: {
    cause:
      "The token's current actor, the outermost `act`, is absent or not the one that this endpoint takes. Actors nested in it do not count.",
    fix: "Call with a token that the expected API exchanged (RFC 8693), or let the requirement name this actor (`act.sub`, `act.client_id`, `act.iss`).",
  },
  details_missing: {
    cause: "No entry of the token's `authorization_details` has the type and the members that this endpoint needs.",
    fix: "Let the client request the `authorization_details` (RFC 9396) that the details name, in one entry.",
  },
  condition_not_met: {
    cause: "A condition that this endpoint checks in code does not hold for the token's claims.",
    fix: "Look up the check that the details name, and compare its function with the token's claims.",
  },
  requirement_not_met: {
    cause: "None of the alternatives of this endpoint's requirement holds, or something that it rules out does.",
    fix: "Compare the token with the endpoint's requirement, alternative by alternative.",
  },
  authentication_too_weak: {
    cause: "The token's `acr` is absent or not one that this endpoint accepts: the user logged in in a weaker way.",
    fix: "Send the user to the issuer again with the challenge's `acr_values`. If `acr` is absent, let the issuer put it into the token.",
  },
  authentication_too_old: {
    cause:
      "The token's `auth_time` is absent or longer ago than this endpoint accepts. A refreshed token keeps the old time.",
    fix: "Send the user to the issuer again with the challenge's `max_age`. If `auth_time` is absent, let the issuer put it into the token.",
  },
  issuer_unavailable: {
    cause:
      "The function that looks issuers up failed, took too long or is asked too much at once. This is not the caller's fault.",
    fix: "Check the data that `resolve` reads. The error's `cause` says what failed. If it is only slow, raise the resolver's `timeout`.",
  },
  keys_unavailable: {
    cause: "The issuer's keys could not be fetched and no usable copy is at hand. This is not the caller's fault.",
    fix: "Check that this machine reaches the issuer: URL, DNS, TLS, proxy. The error's `cause` says what failed.",
  },
  introspection_unavailable: {
    cause: "The introspection endpoint could not be asked, or its answer was unusable. This is not the caller's fault.",
    fix: "Check endpoint and client credentials, and that this machine reaches it. The error's `cause` says what failed.",
  },
  revocation_unavailable: {
    cause:
      "The deny list given as `revocation` threw, or answered neither true nor false. Requests are refused until it works.",
    fix: "See the error's `cause` and repair the store of the deny list.",
  },
  check_failed: {
    cause:
      "Code that the check depends on threw, such as a schema's own function, or a `check` returned something else than true or false. The request is refused then.",
    fix: "See the error's `cause` and correct the code that threw.",
  },
};
