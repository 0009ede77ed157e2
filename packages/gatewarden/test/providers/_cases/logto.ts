// Access tokens of Logto, as "Validate access tokens" of its documentation describes them.
import { logto } from "../../../src/providers/providers.js";
import { logtoWords } from "../../../src/providers/words/logto.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://acme.logto.app/oidc";
const api = "https://api.acme.com";
const user = { jti: "1", sub: "u1", aud: api, client_id: "app1", scope: "read:orders" };
const header = { alg: "ES384", typ: "at+jwt" };

export const logtoCase: ProviderCase = {
  preset: "logto",
  words: logtoWords,
  terms: logto({ endpoint: "https://acme.logto.app/", audience: api }),
  issuer,
  published: publish(issuer, `${issuer}/jwks`),
  accepted: [
    { what: "a user's access token", header, claims: user, grants: { scopes: ["read:orders"] } },
    {
      what: "an access token within an organization",
      header,
      claims: { ...user, organization_id: "org_1" },
      grants: { scopes: ["read:orders"], organization: "org_1" },
    },
  ],
  refused: [
    {
      what: "an ID token",
      header: { alg: "ES384" },
      claims: { aud: "app1", at_hash: "h", sid: "s" },
      reason: "id_token",
    },
    {
      what: "an organization token, which is for no API",
      header,
      claims: { ...user, aud: "urn:logto:organization:org_1" },
      reason: "audience_mismatch",
    },
    {
      what: "another tenant's token",
      header,
      claims: { ...user, iss: "https://other.logto.app/oidc" },
      reason: "issuer_untrusted",
    },
    {
      what: "another API's token",
      header,
      claims: { ...user, aud: "https://billing.acme.com" },
      reason: "audience_mismatch",
    },
  ],
  explained: [
    {
      what: "an organization token, which is for no API",
      header,
      claims: { ...user, aud: "urn:logto:organization:org_1" },
      reason: "audience_mismatch",
      fix: "request it as `resource`",
    },
  ],
  misused: [[() => logto({ endpoint: "acme.logto.app", audience: api }), 'logto.endpoint is "acme.logto.app"']],
  page: {
    configure: [
      "API resources: one with the API's identifier and its permissions. Clients request it as `resource`; without one, tokens are opaque.",
      "Roles, or organization roles, that hold the permissions.",
    ],
    grants: "`scope` (permissions), `organization_id` → organization",
    example: 'logto({ endpoint: "https://acme.logto.app", audience: "https://api.acme.com" })',
    caveats: [
      "Organization tokens (`urn:logto:organization:<id>`) are for no API: pass that audience as well where they are meant.",
    ],
  },
};
