// Tokens of FusionAuth, as "Tokens" of its documentation shows them.
import { fusionAuth } from "../../../src/providers/providers.js";
import { fusionAuthWords } from "../../../src/providers/words/fusion-auth.js";
import { ownKeys, type ProviderCase } from "../_provider-cases.js";

const application = "e9fdb985-9173-4e01-9d73-ac2d60d1dc8e";
const tenant = "d7d09513-a3f5-401c-9685-34ab6c552453";
const user = {
  aud: application,
  sub: "00000000-0000-0000-0000-111111111111",
  jti: "2e2271d7-3057-4bfd-99ab-34af48e84567",
  authenticationType: "PASSWORD",
  applicationId: application,
  scope: "offline_access profile openid",
  roles: ["admin"],
  sid: "0abe7139-0bd0-4fd0-a450-c1e8b16e710a",
  auth_time: 1_799_999_000,
  tid: tenant,
};
const idToken = { ...user, applicationId: undefined, roles: undefined, scope: undefined, at_hash: "h" };

export const fusionAuthCase: ProviderCase = {
  preset: "fusionAuth",
  words: fusionAuthWords,
  terms: fusionAuth({ url: "https://auth.acme.com", issuer: "acme.com", audience: application }),
  issuer: "acme.com",
  published: { "https://auth.acme.com/.well-known/jwks.json": ownKeys },
  accepted: [
    {
      what: "a user's access token",
      header: { gty: ["authorization_code"] },
      claims: user,
      grants: { scopes: ["offline_access", "profile", "openid"], roles: ["admin"], organization: tenant },
    },
    {
      what: "an entity's access token",
      claims: {
        aud: application,
        sub: "e",
        jti: "1",
        permissions: ["read"],
        scope: "target-entity:1:read",
        tid: tenant,
      },
      grants: { scopes: ["target-entity:1:read"], permissions: ["read"], organization: tenant },
    },
  ],
  refused: [
    { what: "an ID token", claims: idToken, reason: "id_token" },
    { what: "another application's token", claims: { ...user, aud: "other" }, reason: "audience_mismatch" },
    { what: "another tenant's token", claims: { ...user, iss: "other.com" }, reason: "issuer_untrusted" },
    {
      what: "a token signed with the default key",
      claims: user,
      signer: { secret: "a-default-signing-key-of-forty-characters" },
      reason: "algorithm_not_allowed",
    },
  ],
  explained: [
    {
      what: "another tenant's token",
      claims: { ...user, iss: "other.com" },
      reason: "issuer_untrusted",
      fix: "Tenants → General → Issuer",
    },
  ],
  misused: [
    [
      () => fusionAuth({ url: "auth.acme.com", issuer: "acme.com", audience: "a" }),
      'fusionAuth.url is "auth.acme.com"',
    ],
    [() => fusionAuth({ url: "https://auth.acme.com", audience: "a" } as never), "fusionAuth.issuer is missing"],
  ],
  page: {
    configure: [
      "Tenants → General → Issuer, which tokens name. The default is `acme.com`.",
      "Applications → the application → JWT: an RSA or EC key for access tokens. The default is HS256.",
    ],
    grants: "`roles`, `permissions` (of entities), `scope`, `tid` → organization",
    example:
      'fusionAuth({\n    url: "https://auth.acme.com",\n    issuer: "acme.com",\n    audience: "e9fdb985-9173-4e01-9d73-ac2d60d1dc8e",\n  })',
    caveats: [
      "ID tokens have the same audience. `at_hash` or `nonce` keep them out; a populate lambda must not remove both.",
      "All tenants of a server publish their keys together: give each tenant an issuer of its own.",
    ],
  },
};
