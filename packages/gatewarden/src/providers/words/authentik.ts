// Facts about authentik.
import type { ProviderWords } from "./provider-words.js";

export const authentikWords: ProviderWords = {
  name: "authentik",
  preset: "authentik",
  namesClients: true,
  marks: { path: /\/application\/o\/[^/]+\/?$/ },
  discoveryHint: "At authentik, the issuer is https://<host>/application/o/<application slug>/, slash included.",
  fixes: {
    id_token:
      "authentik's access tokens are addressed to the client, as ID tokens are, and differ in `azp` alone: use `authentik` of `gatewarden/providers` with `allowIdTokens: true`, which then demands `azp`.",
    claim_missing: "Send the access token: authentik's ID tokens have no `azp`, by which this API tells the two apart.",
    audience_mismatch: "`aud` is the client id of the OAuth2 provider: set `audience` to it.",
    issuer_untrusted:
      "The issuer is https://<host>/application/o/<application slug>/, slash included, unless the provider's Issuer mode is Global.",
    algorithm_not_allowed:
      "Without a Signing Key, authentik signs with the client's secret (HS256): choose a Signing Key in the provider.",
    token_encrypted: "Leave the provider's Encryption Key empty.",
    scope_missing:
      "authentik writes no `scope` into tokens: require `role(…)` (groups), or add a claim with a scope mapping and set `claimNames`.",
    permission_missing:
      "authentik writes no `permissions`: require `role(…)` (groups), or add a claim with a scope mapping.",
    role_missing:
      "Groups stand in `groups` when the client requests the scope `profile`, and the provider includes claims in the token.",
  },
  documentation: [
    "https://docs.goauthentik.io/add-secure-apps/providers/oauth2/",
    "https://github.com/goauthentik/authentik/blob/main/authentik/providers/oauth2/id_token.py",
  ],
  unverified: "whether versions after 2025 write `scope` into access tokens.",
};
