// Tokens of PingOne, as "Token claims" of its documentation shows them.
import { ping } from "../../../src/providers/providers.js";
import { pingWords } from "../../../src/providers/words/ping.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const environmentId = "342b5660-0c32-4936-a5a4-ce21fae57b0a";
const issuer = `https://auth.pingone.eu/${environmentId}/as`;
const user = {
  aud: ["https://api.acme.com"],
  client_id: "b5d0a3a0-9f6b-4a1c-8a5e-0f4c2a0a1f11",
  env: environmentId,
  org: "o-1",
  acr: "Single_Factor",
  auth_time: 1_799_999_000,
  scope: "orders:read",
  sid: "s",
};
const header = { typ: "at+jwt" };

export const pingCase: ProviderCase = {
  preset: "ping",
  words: pingWords,
  terms: ping({ environmentId, region: "eu", audience: "https://api.acme.com" }),
  issuer,
  published: publish(issuer, `${issuer}/jwks`),
  accepted: [
    { what: "a user's access token", header, claims: user, grants: { scopes: ["orders:read"] } },
    {
      what: "an access token without `typ`",
      header: { typ: undefined },
      claims: user,
      grants: { scopes: ["orders:read"] },
    },
  ],
  refused: [
    {
      what: "an ID token",
      claims: { aud: "b5d0a3a0", nonce: "n", at_hash: "h", env: environmentId },
      reason: "id_token",
    },
    {
      what: "another environment's token",
      header,
      claims: { ...user, iss: "https://auth.pingone.eu/442b5660-0c32-4936-a5a4-ce21fae57b0a/as" },
      reason: "issuer_untrusted",
    },
    {
      what: "a token for PingOne's own API",
      header,
      claims: { ...user, aud: ["https://api.pingone.eu"] },
      reason: "audience_mismatch",
    },
  ],
  explained: [
    {
      what: "a token for PingOne's own API",
      header,
      claims: { ...user, aud: ["https://api.pingone.eu"] },
      reason: "audience_mismatch",
      fix: "a custom resource",
    },
  ],
  misused: [
    [() => ping({ environmentId: "acme", audience: "a" }), 'ping.environmentId is "acme"'],
    [
      () => ping({ environmentId, audience: "a", region: "us" as never }),
      'ping.region is "us"; it must be "com" or "ca"',
    ],
  ],
  page: {
    configure: [
      "Applications → Resources: a custom resource with the API's audience and scopes, granted to the application.",
    ],
    grants: "`scope`",
    example:
      'ping({\n    environmentId: "342b5660-0c32-4936-a5a4-ce21fae57b0a",\n    region: "eu",\n    audience: "https://api.acme.com",\n  })',
    caveats: [
      'From March 2027 on, access tokens say `typ: at+jwt`: set `tokenType: "at+jwt"` then, if `iat` and `jti` are there.',
    ],
  },
};
