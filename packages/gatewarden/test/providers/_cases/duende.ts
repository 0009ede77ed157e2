// Access tokens of Duende IdentityServer, as its documentation describes them.
import { duende } from "../../../src/providers/providers.js";
import { duendeWords } from "../../../src/providers/words/duende.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://identity.acme.com";
const user = {
  aud: "orders",
  client_id: "spa",
  jti: "7F",
  sub: "1",
  auth_time: 1_799_999_000,
  idp: "local",
  amr: ["pwd"],
  scope: ["openid", "orders.read"],
};
const header = { typ: "at+jwt" };

export const duendeCase: ProviderCase = {
  preset: "duende",
  words: duendeWords,
  terms: duende({ url: `${issuer}/`, audience: "orders" }),
  issuer,
  published: publish(issuer, `${issuer}/.well-known/openid-configuration/jwks`),
  accepted: [
    {
      what: "a user's access token with scopes as a list",
      header,
      claims: { ...user, role: "admin" },
      grants: { scopes: ["openid", "orders.read"], roles: ["admin"] },
    },
    {
      what: "a machine's access token with scopes as text",
      header,
      claims: { aud: ["orders"], client_id: "worker", jti: "8", sub: undefined, scope: "orders.read" },
      grants: { scopes: ["orders.read"] },
    },
  ],
  refused: [
    {
      what: "an ID token",
      claims: { aud: "spa", nonce: "n", at_hash: "h", amr: ["pwd"], sid: "s" },
      reason: "id_token",
    },
    {
      what: "a logout token",
      header: { typ: "logout+jwt" },
      claims: { aud: "spa", events: {} },
      reason: "logout_token",
    },
    { what: "another API's token", header, claims: { ...user, aud: "invoices" }, reason: "audience_mismatch" },
    {
      what: "another server's token",
      header,
      claims: { ...user, iss: "https://other.acme.com" },
      reason: "issuer_untrusted",
    },
    { what: "a token without an ApiResource", header, claims: { ...user, aud: undefined }, reason: "claim_missing" },
  ],
  explained: [],
  misused: [[() => duende({ url: "identity.acme.com", audience: "orders" }), 'duende.url is "identity.acme.com"']],
  page: {
    configure: [
      "An ApiResource that holds the scopes: its name is the audience. Scopes alone write no `aud`.",
      "UserClaims of the ApiResource: `role`, for `role(…)`.",
    ],
    grants: "`scope` (list or text), `role` → roles",
    example: 'duende({ url: "https://identity.acme.com", audience: "orders" })',
    caveats: [
      "Where `IssuerUri` is set to something else than the address, use `{ ...duende({ … }), issuer, discoveryUrl }`.",
      "Nothing in the tokens names the product, so `explain` speaks in general words.",
    ],
  },
};
