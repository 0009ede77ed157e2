// Facts about Ory Network and Ory Hydra.
import type { ProviderWords } from "./provider-words.js";

export const oryWords: ProviderWords = {
  name: "Ory",
  preset: "ory",
  marks: { host: /\.projects\.oryapis\.com$/ },
  fixes: {
    token_opaque:
      "Set the access token strategy to `jwt` (`strategies.access_token`), or give the guard `introspection`.",
    audience_mismatch:
      "Allow `{audience}` in the client's `audience` list, and let the client request it as `audience`.",
    claim_missing: "Allow `{audience}` in the client's `audience` list, and let the client request it as `audience`.",
    scope_missing:
      'Scopes stand in `scp`, as a list, unless `strategies.jwt.scope_claim` says otherwise: set `claimNames: { scope: "scp" }` and `claimFormats: { scope: "list" }`.',
    permission_missing:
      "Ory writes no `permissions`: add a claim at consent or in the token hook. It stands under `ext`, unless `oauth2.allowed_top_level_claims` lists it: set `claimNames.permissions` to the way to it.",
    role_missing:
      'Ory writes no roles: add a claim at consent or in the token hook, and set `claimNames.roles` to the way to it, such as `["ext", "roles"]`.',
  },
  documentation: [
    "https://www.ory.com/docs/oauth2-oidc/jwt-access-token",
    "https://www.ory.com/docs/hydra/guides/audiences",
    "https://github.com/ory/hydra/issues/3524",
  ],
};
