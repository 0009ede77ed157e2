// Tokens of Auth0, as "Access Token Profiles" of its documentation shows them.
import { auth0 } from "../../../src/providers/providers.js";
import { auth0Words } from "../../../src/providers/words/auth0.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://acme.eu.auth0.com/";
const api = "https://api.acme.com";
const user = {
  sub: "auth0|123456",
  aud: [api, `${issuer}userinfo`],
  azp: "my_client_id",
  scope: "openid profile read:orders",
};

export const auth0Case: ProviderCase = {
  preset: "auth0",
  words: auth0Words,
  terms: auth0({ domain: "acme.eu.auth0.com", audience: api }),
  issuer,
  published: publish(issuer, `${issuer}.well-known/jwks.json`),
  accepted: [
    {
      what: "a user's access token with RBAC and an organization",
      claims: { ...user, permissions: ["read:orders"], org_id: "org_1" },
      grants: {
        scopes: ["openid", "profile", "read:orders"],
        permissions: ["read:orders"],
        organization: "org_1",
      },
    },
    {
      what: "a machine's access token",
      claims: { sub: "m2m@clients", aud: api, azp: "m2m", gty: "client-credentials", scope: "read:orders" },
      grants: { scopes: ["read:orders"] },
    },
    {
      what: "an access token of the RFC 9068 profile",
      header: { typ: "at+jwt" },
      claims: { aud: api, client_id: "my_client_id", jti: "73WakrfVbNJBaAmhQtEeDv", scope: "read:orders" },
      grants: { scopes: ["read:orders"] },
    },
  ],
  refused: [
    { what: "an ID token", claims: { aud: "my_client_id", nonce: "n-1", sid: "s-1" }, reason: "id_token" },
    { what: "an ID token without nonce", claims: { aud: "my_client_id" }, reason: "audience_mismatch" },
    {
      what: "another tenant's token",
      claims: { ...user, iss: "https://other.eu.auth0.com/" },
      reason: "issuer_untrusted",
    },
    { what: "another API's token", claims: { ...user, aud: ["https://other.acme.com"] }, reason: "audience_mismatch" },
    { what: "a token for /userinfo alone", claims: { ...user, aud: `${issuer}userinfo` }, reason: "audience_mismatch" },
    {
      what: "a token signed with the client's secret",
      claims: user,
      signer: { secret: "a-client-secret-of-forty-characters-000" },
      reason: "algorithm_not_allowed",
    },
  ],
  explained: [
    {
      what: "a token for /userinfo alone",
      claims: { ...user, aud: `${issuer}userinfo` },
      reason: "audience_mismatch",
      fix: "Resource Parameter Compatibility Profile",
    },
    {
      what: "an ID token",
      claims: { aud: "my_client_id", nonce: "n-1" },
      reason: "id_token",
      fix: "Send `access_token`",
    },
  ],
  misused: [
    [
      () => auth0({ domain: "https://acme.eu.auth0.com/", audience: api }),
      'auth0.domain is "https://acme.eu.auth0.com/"',
    ],
    [() => auth0({ domain: "acme.eu.auth0.com" } as never), "auth0.audience is missing"],
    [() => auth0({ domain: "acme.eu.auth0.com", audience: [] }), "auth0.audience is an empty list"],
    [
      () => auth0({ domain: "acme.eu.auth0.com", audience: api, client: "a" } as never),
      "auth0.client is not an argument",
    ],
    [
      () => auth0(undefined as never),
      'auth0 must be called with one object. For example: auth0({ domain: "acme.eu.auth0.com"',
    ],
  ],
  page: {
    configure: [
      "Applications → APIs: an API, whose Identifier is the audience.",
      "For `permission(…)`: Enable RBAC, and Add Permissions in the Access Token.",
      "For MCP clients: Settings → Advanced → Resource Parameter Compatibility Profile. Without it Auth0 ignores `resource`, and clients get opaque or encrypted tokens.",
    ],
    grants: "`scope`, `permissions`, `org_id`",
    example: 'auth0({ domain: "acme.eu.auth0.com", audience: "https://api.acme.com" })',
    caveats: [
      "Clients that log in at a custom domain get tokens of that domain: list both.",
      "Roles are in no token by default. A post-login Action adds them under a namespaced claim: set `claimNames.roles`.",
    ],
  },
};
