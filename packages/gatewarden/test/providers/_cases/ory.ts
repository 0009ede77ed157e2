// Ory's JWT access tokens, as "Opaque and JWT access tokens" and its issues show them.
import { ory } from "../../../src/providers/providers.js";
import { oryWords } from "../../../src/providers/words/ory.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://happy-cat-1a2b3c.projects.oryapis.com";
const api = "https://api.acme.com";
const user = {
  sub: "f4dbf6f6-6a41-4c7e-a1b7-3a4b1f6f1f6f",
  aud: [api],
  client_id: "6779ef20e75817b79602",
  ext: { roles: ["admin"] },
  jti: "9a3b1c2d",
  scp: ["openid", "orders.read"],
};

export const oryCase: ProviderCase = {
  preset: "ory",
  words: oryWords,
  terms: ory({ project: "happy-cat-1a2b3c", audience: api }),
  issuer,
  published: publish(issuer, `${issuer}/.well-known/jwks.json`),
  accepted: [
    { what: "a user's access token", claims: user, grants: { scopes: ["openid", "orders.read"] } },
    {
      what: "a machine's access token",
      claims: { ...user, sub: "worker", ext: {}, scp: ["orders.read"] },
      grants: { scopes: ["orders.read"] },
    },
  ],
  refused: [
    {
      what: "an ID token",
      claims: { aud: ["6779ef20e75817b79602"], at_hash: "x", nonce: "n", sid: "s" },
      reason: "id_token",
    },
    { what: "a token without audience", claims: { ...user, aud: [] }, reason: "claim_missing" },
    {
      what: "another API's token",
      claims: { ...user, aud: ["billing"] },
      reason: "audience_mismatch",
    },
    {
      what: "another project's token",
      claims: { ...user, iss: "https://sad-dog-9z8y7x.projects.oryapis.com" },
      reason: "issuer_untrusted",
    },
  ],
  explained: [
    {
      what: "another API's token",
      claims: { ...user, aud: ["billing"] },
      reason: "audience_mismatch",
      fix: "in the client's `audience` list",
    },
  ],
  misused: [
    [() => ory({ audience: api }), "ory.project is missing; one of project, issuer must be given"],
    [() => ory({ issuer: "auth.acme.com", audience: api }), 'ory.issuer is "auth.acme.com"; it must be a URL'],
  ],
  page: {
    configure: [
      "`strategies.access_token: jwt`, for all clients or for one. Opaque tokens need `introspection`.",
      "The API's identifier in the client's `audience` list. The client requests it as `audience`.",
    ],
    grants: "`scp` (list) → scopes",
    example: 'ory({ project: "happy-cat-1a2b3c", audience: "https://api.acme.com" })',
    caveats: [
      'Claims that consent or a token hook adds stand under `ext`: set `claimNames.roles` to `["ext", "roles"]`.',
      "Where `strategies.jwt.scope_claim` is `string`, scopes are text in `scope`: set `claimNames.scope`.",
    ],
  },
};
