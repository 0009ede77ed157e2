// Tokens of an Okta custom authorization server, as its API reference shows them.
import { okta } from "../../../src/providers/providers.js";
import { oktaWords } from "../../../src/providers/words/okta.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://acme.okta.com/oauth2/default";
const client = "0oabucvyc38HLL1ef0h7";
const user = {
  ver: 1,
  jti: "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE",
  sub: "alice@acme.com",
  aud: "api://default",
  cid: client,
  uid: "00uid4BxXw6I6TV4m0g3",
  scp: ["openid", "orders.read"],
};

export const oktaCase: ProviderCase = {
  preset: "okta",
  words: oktaWords,
  terms: okta({ domain: "acme.okta.com", audience: "api://default" }),
  issuer,
  published: publish(issuer, `${issuer}/v1/keys`),
  accepted: [
    {
      what: "a user's access token with groups",
      claims: { ...user, groups: ["Admins"] },
      grants: { scopes: ["openid", "orders.read"], roles: ["Admins"] },
    },
    {
      what: "a machine's access token",
      claims: { ...user, sub: client, uid: undefined, scp: ["orders.read"] },
      grants: { scopes: ["orders.read"] },
    },
  ],
  refused: [
    {
      what: "an ID token",
      claims: { ver: 1, aud: client, at_hash: "preview_at_hash", amr: ["pwd"] },
      reason: "id_token",
    },
    {
      what: "a token of the org authorization server",
      claims: { ...user, iss: "https://acme.okta.com", aud: "https://acme.okta.com" },
      reason: "issuer_untrusted",
    },
    {
      what: "another org's token",
      claims: { ...user, iss: "https://other.okta.com/oauth2/default" },
      reason: "issuer_untrusted",
    },
    {
      what: "another authorization server's token",
      claims: { ...user, iss: "https://acme.okta.com/oauth2/aus9s3ami4MRosqQA0h7" },
      reason: "issuer_untrusted",
    },
    { what: "another API's token", claims: { ...user, aud: "api://billing" }, reason: "audience_mismatch" },
  ],
  explained: [
    {
      what: "a token of the org authorization server",
      claims: { ...user, iss: "https://acme.okta.com", aud: "https://acme.okta.com" },
      signer: "stranger",
      reason: "issuer_untrusted",
      fix: "are for Okta alone",
    },
  ],
  misused: [
    [
      () => okta({ domain: "https://acme.okta.com", audience: "api://default" }),
      'okta.domain is "https://acme.okta.com"',
    ],
    [
      () => okta({ domain: "acme.okta.com", audience: "a", authorizationServer: "oauth2/default" }),
      'okta.authorizationServer is "oauth2/default"',
    ],
  ],
  page: {
    configure: [
      "Security → API → Authorization Servers: a custom one (`default` is there already), its Audience, scopes, and an access policy for the client.",
      "For `role(…)`: Claims → Add Claim, named `groups`, of type Groups, in the access token.",
    ],
    grants: "`scp` (list) → scopes, `groups` → roles",
    example: 'okta({ domain: "acme.okta.com", audience: "api://default" })',
    caveats: ["Tokens of the org authorization server cannot be verified by any other API."],
  },
};
