// Facts about Okta.
import type { ProviderWords } from "./provider-words.js";

const server =
  "Tokens of the org authorization server (`https://<org>.okta.com`) are for Okta alone. Use a custom one, such as https://<org>.okta.com/oauth2/default, as issuer in both client and API.";

export const oktaWords: ProviderWords = {
  name: "Okta",
  preset: "okta",
  marks: { host: /\.(okta|oktapreview|okta-emea|okta-gov)\.com$/ },
  clientIds: /^0oa[A-Za-z0-9]{17}$/,
  discoveryHint:
    "At Okta, APIs have an authorization server of their own: the issuer ends in /oauth2/default or /oauth2/<id>.",
  fixes: {
    audience_mismatch: `The audience is a setting of the authorization server: Security → API → Authorization Servers → Audience. ${server}`,
    issuer_untrusted: server,
    signature_invalid: server,
    key_unknown: server,
    type_not_allowed: server,
    scope_missing:
      'Scopes stand in `scp`, as a list: set `claimNames: { scope: "scp" }` and `scopeAsList: true`. Grant the scope in an access policy of the authorization server.',
    permission_missing:
      'Okta writes no `permissions`: require `scope(…)`, with `claimNames: { scope: "scp" }` and `scopeAsList: true`.',
    role_missing:
      'Okta writes groups only where the authorization server has a claim for them (Claims → Add Claim, type Groups, in the access token): name it `groups`, and set `claimNames: { roles: "groups" }`.',
  },
  documentation: [
    "https://developer.okta.com/docs/guides/validate-access-tokens/",
    "https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/",
    "https://developer.okta.com/docs/guides/customize-tokens-groups-claim/",
  ],
};
