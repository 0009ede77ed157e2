// ZITADEL's JWT access tokens, as "Claims" of its documentation shows them.
import { zitadel } from "../../../src/providers/providers.js";
import { zitadelWords } from "../../../src/providers/words/zitadel.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://acme-x1y2z3.zitadel.cloud";
const projectId = "69234237810729019";
const client = "69234237810729234";
const user = {
  sub: "77776025198584418",
  aud: [client, projectId],
  azp: client,
  client_id: client,
  jti: "69234237813329048",
  "urn:zitadel:iam:org:project:roles": { everybody: { "1": "acme.ch" } },
  [`urn:zitadel:iam:org:project:${projectId}:roles`]: {
    admin: { "1": "acme.ch" },
    reader: { "1": "acme.ch", "2": "caos.ch" },
  },
  "urn:zitadel:iam:user:resourceowner:id": "1",
};

export const zitadelCase: ProviderCase = {
  preset: "zitadel",
  words: zitadelWords,
  terms: zitadel({ domain: "acme-x1y2z3.zitadel.cloud", projectId }),
  issuer,
  published: publish(issuer, `${issuer}/oauth/v2/keys`),
  accepted: [
    { what: "a user's access token", claims: user, grants: { roles: ["admin", "reader"], organization: "1" } },
    { what: "a service user's access token", claims: { sub: "99", aud: [projectId], client_id: "worker", jti: "2" } },
  ],
  refused: [
    {
      what: "an ID token, whose audiences are the same",
      claims: { aud: [client, projectId], azp: client, at_hash: "x", auth_time: 1_799_999_000, amr: ["pwd"] },
      reason: "id_token",
    },
    {
      what: "another project's token",
      claims: { ...user, aud: [client, "69234237810720000"] },
      reason: "id_token",
    },
    {
      what: "another instance's token",
      claims: { ...user, iss: "https://other-a1b2c3.zitadel.cloud" },
      reason: "issuer_untrusted",
    },
  ],
  explained: [
    {
      what: "another project's token",
      claims: { ...user, aud: [client] },
      reason: "audience_mismatch",
      fix: "urn:zitadel:iam:org:project:id:<project id>:aud",
    },
  ],
  misused: [
    [
      () => zitadel({ domain: "acme-x1y2z3.zitadel.cloud", projectId: "orders" }),
      'zitadel.projectId is "orders"; it must be the project\'s id',
    ],
    [() => zitadel({ domain: "acme.zitadel.cloud/", projectId }), 'zitadel.domain is "acme.zitadel.cloud/"'],
  ],
  page: {
    configure: [
      "Application → Token Settings: Auth Token Type JWT. Opaque tokens need `introspection`.",
      "Project → General: Assert Roles on Authentication, or let the client request `urn:zitadel:iam:org:projects:roles`.",
      "Clients of other projects request `urn:zitadel:iam:org:project:id:<project id>:aud`.",
    ],
    grants:
      "`urn:zitadel:iam:org:project:<id>:roles` (names of members) → roles, `urn:zitadel:iam:user:resourceowner:id` → organization",
    example: 'zitadel({ domain: "acme-x1y2z3.zitadel.cloud", projectId: "69234237810729019" })',
    caveats: [
      "ID tokens have the same audiences. What tells them apart is `nonce` or `at_hash`.",
      "A role counts in whichever organization it was granted: the ids below it are not read.",
    ],
  },
};
