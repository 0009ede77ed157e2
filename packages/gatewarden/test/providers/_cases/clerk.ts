// Clerk's session tokens of version 2, as "Session tokens" of its documentation shows them.
import { clerk } from "../../../src/providers/providers.js";
import { clerkWords } from "../../../src/providers/words/clerk.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://clerk.acme.com";
const user = {
  azp: "https://app.acme.com",
  fva: [7, -1],
  sid: "sess_123",
  sub: "user_123",
  v: 2,
  sts: "active",
  pla: "u:free",
};
const member = { id: "org_123", slg: "acme", rol: "admin", per: "read,manage", fpm: "3" };

export const clerkCase: ProviderCase = {
  preset: "clerk",
  words: clerkWords,
  terms: clerk({ domain: "clerk.acme.com", authorizedParties: ["https://app.acme.com"] }),
  issuer,
  published: publish(issuer, `${issuer}/.well-known/jwks.json`),
  accepted: [
    { what: "a user's session token", claims: user },
    {
      what: "the session token of a member of an organization",
      claims: { ...user, o: member },
      grants: { roles: ["admin"], organization: "org_123" },
    },
  ],
  refused: [
    {
      what: "a session token made for another origin",
      claims: { ...user, azp: "https://evil.example" },
      reason: "client_mismatch",
    },
    { what: "a session token without origin", claims: { ...user, azp: undefined }, reason: "claim_missing" },
    {
      what: "another instance's token",
      claims: { ...user, iss: "https://clerk.other.com" },
      reason: "issuer_untrusted",
    },
    {
      what: "an ID token of Clerk as identity provider",
      claims: { aud: "client_1", nonce: "n", at_hash: "h" },
      reason: "id_token",
    },
  ],
  explained: [
    {
      what: "a development instance's token",
      claims: { ...user, iss: "https://happy-cat-1.clerk.accounts.dev" },
      signer: "stranger",
      reason: "issuer_untrusted",
      fix: "Frontend API URL",
    },
  ],
  misused: [
    [
      () => clerk({ domain: "https://clerk.acme.com", authorizedParties: "https://app.acme.com" }),
      'clerk.domain is "https://clerk.acme.com"',
    ],
    [
      () => clerk({ domain: "clerk.acme.com" }),
      "clerk.authorizedParties is missing; one of authorizedParties, audience must be given",
    ],
  ],
  page: {
    configure: [
      "The domain is the Frontend API URL of the instance (API keys), without `https://`.",
      "`authorizedParties` are the origins of your own frontends. Clerk's tokens have no `aud` by default.",
      "With an `aud` in a customized session token or a JWT template: pass `audience`.",
    ],
    grants: "`o.rol` → roles, `o.id` → organization",
    example: 'clerk({ domain: "clerk.acme.com", authorizedParties: "https://app.acme.com" })',
    caveats: [
      "Permissions are packed into `o.per`, `o.fpm` and `fea`, which only Clerk's SDK unpacks: require roles, or customize the session token.",
      "Roles come without `org:` in front, and only while an organization is active.",
      "Tokens of version 1 have `org_role`, `org_id` and `org_permissions`: set `claimNames` to those.",
      "A token without `azp` is refused. Clerk leaves it out where the browser sent no `Origin`.",
    ],
  },
};

/** With an audience. */
export const clerkAudienceCase: ProviderCase = {
  ...clerkCase,
  terms: clerk({ domain: "clerk.acme.com", audience: "https://api.acme.com" }),
  accepted: [{ what: "a token of a JWT template with `aud`", claims: { ...user, aud: "https://api.acme.com" } }],
  refused: [{ what: "a session token without `aud`", claims: user, reason: "claim_missing" }],
  explained: [
    { what: "a session token without `aud`", claims: user, reason: "claim_missing", fix: "Customize session token" },
  ],
  misused: [],
};
