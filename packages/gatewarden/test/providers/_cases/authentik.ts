// Tokens of authentik, as its source writes them: an access token is an ID token with `azp` and
// `uid` added.
import { authentik } from "../../../src/providers/providers.js";
import { authentikWords } from "../../../src/providers/words/authentik.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const client = "GSbYVqzMOCoH1JWPLg4eFqDsZRT4sXHV";
const issuer = "https://auth.acme.com/application/o/orders/";
const login = {
  sub: "b8d1c1",
  aud: client,
  auth_time: 1_799_999_000,
  acr: "goauthentik.io/providers/oauth2/default",
  amr: ["pwd"],
  sid: "s",
  groups: ["admins"],
};
const user = { ...login, azp: client, uid: "hV2uTgLkW" };
const given = { url: "https://auth.acme.com", application: "orders", clientId: client };

export const authentikCase: ProviderCase = {
  preset: "authentik",
  words: authentikWords,
  terms: authentik({ ...given, allowIdTokens: true }),
  issuer,
  published: publish(issuer, `${issuer}jwks/`),
  accepted: [{ what: "a user's access token", claims: user, grants: { roles: ["admins"] } }],
  refused: [
    { what: "an ID token", claims: { ...login, nonce: "n", at_hash: "h" }, reason: "claim_missing" },
    { what: "an ID token without nonce", claims: login, reason: "claim_missing" },
    {
      what: "another application's token",
      claims: { ...user, iss: "https://auth.acme.com/application/o/billing/", aud: "billing", azp: "billing" },
      reason: "issuer_untrusted",
    },
    { what: "another client's token", claims: { ...user, azp: "billing" }, reason: "client_mismatch" },
    {
      what: "a token signed with the client's secret",
      claims: user,
      signer: { secret: "a-client-secret-of-forty-characters-000" },
      reason: "algorithm_not_allowed",
    },
  ],
  explained: [
    { what: "an ID token", claims: login, reason: "claim_missing", fix: "have no `azp`" },
    {
      what: "a token signed with the client's secret",
      claims: user,
      signer: { secret: "a-client-secret-of-forty-characters-000" },
      reason: "algorithm_not_allowed",
      fix: "choose a Signing Key",
    },
  ],
  misused: [
    [() => authentik({ ...given, application: "orders/" }), 'authentik.application is "orders/"'],
    [
      () => authentik({ ...given, allowIdTokens: false as never }),
      "authentik.allowIdTokens is false; it must be true, or left out",
    ],
  ],
  page: {
    configure: [
      "Providers → the OAuth2 provider: a Signing Key. Without one tokens are signed with the client's secret.",
      "The scope `profile` and Include claims in id_token, for `groups`.",
    ],
    grants: "`groups` → roles",
    example:
      'authentik({\n    url: "https://auth.acme.com",\n    application: "orders",\n    clientId: "GSbYVqzMOCoH1JWPLg4eFqDsZRT4sXHV",\n    allowIdTokens: true,\n  })',
    caveats: [
      "Access tokens are addressed to their own client, as ID tokens are, and mostly carry no scope. `allowIdTokens: true` lets them in; the preset then demands `azp`, which ID tokens do not have.",
      "An API accepts the tokens of one application. For several, list the preset several times.",
    ],
  },
};

/** Without the switch. */
export const authentikStrictCase: ProviderCase = {
  ...authentikCase,
  terms: authentik(given),
  accepted: [
    {
      what: "an access token to which a property mapping gives a scope",
      claims: { ...user, scope: "orders" },
      grants: { roles: ["admins"], scopes: ["orders"] },
    },
  ],
  refused: [{ what: "a user's access token, without `allowIdTokens`", claims: user, reason: "id_token" }],
  explained: [
    {
      what: "a user's access token, without `allowIdTokens`",
      claims: user,
      reason: "id_token",
      fix: "with `allowIdTokens: true`",
    },
  ],
  misused: [],
};
