// Tokens of Stytch, as its SDKs verify them and "Connected App access token" of its reference shows
// them.
import { stytch } from "../../../src/providers/providers.js";
import { stytchWords } from "../../../src/providers/words/stytch.js";
import { ownKeys, type ProviderCase } from "../_provider-cases.js";

const projectId = "project-live-16d9ba61-97a1-4ba4-9720-b03761dc50c6";
const issuer = `stytch.com/${projectId}`;
const session = {
  aud: [projectId],
  sub: "user-live-fde03dd1-fff7-4b3c-9b31-ead3fbc224de",
  "https://stytch.com/session": {
    id: "session-live-1",
    authentication_factors: [{ type: "magic_link" }],
    roles: ["stytch_user"],
  },
};
const connected = {
  aud: [projectId],
  client_id: "connected-app-live-d731954d",
  jti: "LOe49j3s9d9dmacslUvrb15ZIjPbptMm7fS5UlE52JCF",
  scope: "openid email",
};

export const stytchCase: ProviderCase = {
  preset: "stytch",
  words: stytchWords,
  terms: stytch({ projectId }),
  issuer,
  published: { [`https://api.stytch.com/v1/sessions/jwks/${projectId}`]: ownKeys },
  accepted: [
    { what: "a session JWT", claims: session, grants: { roles: ["stytch_user"] } },
    { what: "a connected app's access token", claims: connected, grants: { scopes: ["openid", "email"] } },
  ],
  refused: [
    {
      what: "a connected app's ID token",
      claims: { aud: ["connected-app-live-d731954d"], nonce: "n", client_id: "connected-app-live-d731954d" },
      reason: "id_token",
    },
    {
      what: "another project's session JWT",
      claims: { ...session, iss: "stytch.com/project-live-00000000" },
      reason: "issuer_untrusted",
    },
    {
      what: "a token for another project",
      claims: { ...session, aud: ["project-live-00000000"] },
      reason: "audience_mismatch",
    },
  ],
  explained: [
    {
      what: "a token for another project",
      claims: { ...session, aud: ["project-live-00000000"] },
      reason: "audience_mismatch",
      fix: "`aud` is the project's id",
    },
  ],
  misused: [[() => stytch({ projectId: "public-token-live-1" }), 'stytch.projectId is "public-token-live-1"']],
  page: {
    configure: [
      'The project\'s id, of the project that the frontend uses. For B2B projects: `vertical: "b2b"`. With a custom domain: `domain`.',
    ],
    grants:
      "`https://stytch.com/session` → roles, `https://stytch.com/organization` → organization, `scope` of connected apps",
    example: 'stytch({ projectId: "project-live-16d9ba61-97a1-4ba4-9720-b03761dc50c6" })',
    caveats: [
      "The issuer is not a URL (`stytch.com/<project id>`), unless the project has a custom domain.",
      "A session JWT lives for five minutes, and stays good when its session is revoked.",
    ],
  },
};

/** A B2B project with a custom domain. */
export const stytchB2bCase: ProviderCase = {
  ...stytchCase,
  terms: stytch({ projectId, vertical: "b2b", domain: "login.acme.com" }),
  issuer: "https://login.acme.com",
  published: { "https://login.acme.com/.well-known/jwks.json": ownKeys },
  accepted: [
    {
      what: "a member's session JWT",
      claims: {
        ...session,
        "https://stytch.com/organization": { organization_id: "organization-live-1", slug: "acme" },
      },
      grants: { roles: ["stytch_user"], organization: "organization-live-1" },
    },
  ],
  refused: [],
  explained: [],
  misused: [],
};
