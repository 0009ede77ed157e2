// Facts about Supabase Auth.
import type { ProviderWords } from "./provider-words.js";

export const supabaseWords: ProviderWords = {
  name: "Supabase",
  preset: "supabase",
  marks: { host: /\.supabase\.(co|in)$/, path: /\/auth\/v1\/?$/, text: /^supabase$/ },
  discoveryHint: "At Supabase, the issuer is https://<project>.supabase.co/auth/v1, without a slash at the end.",
  fixes: {
    audience_mismatch:
      "Supabase writes `authenticated` as `aud` for everybody who is logged in: set `audience` to that.",
    algorithm_not_allowed:
      "The project signs with its legacy JWT secret (HS256). Migrate it to asymmetric signing keys (Project Settings → JWT Keys); until all old tokens have expired, pass `jwtSecret` to `supabase` of `gatewarden/providers`.",
    issuer_untrusted:
      "The issuer is https://<project>.supabase.co/auth/v1, without a slash at the end. A token whose issuer is `supabase` is an API key of the project (`anon` or `service_role`), no user's: never accept it.",
    role_missing:
      'The database role stands in `role`, as text: set `claimNames: { roles: "role" }` and `claimFormats: { roles: "text" }`. Roles of your own come from a custom access token hook: name its claim.',
    permission_missing:
      "Supabase writes no `permissions`: add a claim with a custom access token hook, and set `claimNames.permissions` to it.",
  },
  documentation: [
    "https://supabase.com/docs/guides/auth/jwt-fields",
    "https://supabase.com/docs/guides/auth/signing-keys",
    "https://supabase.com/docs/guides/auth/auth-hooks/custom-access-token-hook",
  ],
};
