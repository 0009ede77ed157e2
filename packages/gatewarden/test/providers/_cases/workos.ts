// Access tokens of WorkOS AuthKit, as "Session tokens" of its documentation shows them, with the
// issuer that tokens in the field name.
import { workos } from "../../../src/providers/providers.js";
import { workosWords } from "../../../src/providers/words/workos.js";
import { ownKeys, type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://api.workos.com/user_management/client_01HXYZ";
const user = {
  sub: "user_01HBEQKA6K4QJAS93VPE39W1JT",
  client_id: "client_01HXYZ",
  org_id: "org_01HRDMC6CM357W30QMHMQ96Q0S",
  role: "member",
  roles: ["member"],
  permissions: ["posts:read"],
  entitlements: ["audit-logs"],
  sid: "session_01HQSXZGF8FHF7A9ZZFCW4387R",
  jti: "01HQSXZXPPFPKMDD32RKTFY6PV",
};

export const workosCase: ProviderCase = {
  preset: "workos",
  words: workosWords,
  terms: workos({ clientId: "client_01HXYZ" }),
  issuer,
  published: { "https://api.workos.com/sso/jwks/client_01HXYZ": ownKeys },
  accepted: [
    {
      what: "the access token of a user's session",
      claims: user,
      grants: { roles: ["member"], permissions: ["posts:read"], organization: "org_01HRDMC6CM357W30QMHMQ96Q0S" },
    },
  ],
  refused: [
    { what: "an access token without `client_id`", claims: { ...user, client_id: undefined }, reason: "claim_missing" },
    {
      what: "another application's access token",
      claims: { ...user, client_id: "client_02" },
      reason: "client_mismatch",
    },
    {
      what: "another environment's access token",
      claims: { ...user, iss: "https://api.workos.com/user_management/client_02" },
      reason: "issuer_untrusted",
    },
    {
      what: "an ID token",
      claims: { aud: "client_01HXYZ", nonce: "n", client_id: "client_01HXYZ" },
      reason: "id_token",
    },
    {
      what: "a token of an OAuth client",
      claims: { ...user, iss: "https://acme.authkit.app" },
      reason: "issuer_untrusted",
    },
  ],
  explained: [
    {
      what: "an access token without `client_id`",
      claims: { ...user, client_id: undefined },
      reason: "claim_missing",
      fix: "let the JWT template write `aud`",
    },
  ],
  misused: [
    [() => workos({}), "workos.clientId is missing; one of clientId, domain must be given"],
    [() => workos({ domain: "acme.authkit.app" }), "workos.audience is missing"],
    [
      () => workos({ clientId: "sk_live_1" }),
      'workos.clientId is "sk_live_1"; it must be the environment\'s client id',
    ],
  ],
  page: {
    configure: [
      "The client id of the environment names the issuer, and is what access tokens are checked by.",
      "For MCP and other OAuth clients: `workos({ domain, audience })`, with the AuthKit domain, and the resource indicator under Connect → Configuration.",
    ],
    grants: "`permissions`, `roles`, `org_id`",
    example: 'workos({ clientId: "client_01HXYZ" })',
    caveats: ["Roles and permissions are those of the organization that is active in the session."],
  },
};

/** Tokens of OAuth clients. */
export const workosAuthkitCase: ProviderCase = {
  ...workosCase,
  terms: workos({ domain: "acme.authkit.app", audience: "https://mcp.acme.com" }),
  issuer: "https://acme.authkit.app",
  published: publish("https://acme.authkit.app", "https://acme.authkit.app/oauth2/jwks"),
  accepted: [
    {
      what: "the access token of an MCP client",
      claims: { aud: "https://mcp.acme.com", client_id: "client_02", scope: "openid profile", jti: "1" },
      grants: { scopes: ["openid", "profile"] },
    },
  ],
  refused: [
    {
      what: "an access token for another resource",
      claims: { aud: "https://other.acme.com", jti: "1" },
      reason: "audience_mismatch",
    },
    { what: "the access token of a session", claims: { ...user, iss: issuer }, reason: "issuer_untrusted" },
  ],
  explained: [],
  misused: [],
};
