// Supabase's access tokens, as "JWT Claims Reference" of its documentation shows them.
import { supabase } from "../../../src/providers/providers.js";
import { supabaseWords } from "../../../src/providers/words/supabase.js";
import { ownKeys, type ProviderCase } from "../_provider-cases.js";

const project = "abcdefghijklmnopqrst";
const issuer = `https://${project}.supabase.co/auth/v1`;
const secret = "legacy-jwt-secret-of-at-least-32-characters";
const user = {
  aal: "aal1",
  amr: [{ method: "password", timestamp: 1_799_999_000 }],
  app_metadata: { provider: "email", providers: ["email"] },
  aud: "authenticated",
  email: "user@acme.com",
  role: "authenticated",
  session_id: "123e4567-e89b-12d3-a456-426614174000",
  sub: "123e4567-e89b-12d3-a456-426614174000",
  user_metadata: { role: "admin" },
  is_anonymous: false,
};
const apiKey = { iss: "supabase", ref: project, role: "service_role", sub: undefined };

export const supabaseCase: ProviderCase = {
  preset: "supabase",
  words: supabaseWords,
  terms: supabase({ project }),
  issuer,
  published: { [`${issuer}/.well-known/jwks.json`]: ownKeys },
  accepted: [{ what: "a user's access token", claims: user, grants: { roles: ["authenticated"] } }],
  refused: [
    {
      what: "another project's token",
      claims: { ...user, iss: "https://zyxwvutsrqponmlkjihg.supabase.co/auth/v1" },
      reason: "issuer_untrusted",
    },
    { what: "an API key of the project", claims: apiKey, signer: { secret }, reason: "issuer_untrusted" },
    { what: "a token of the legacy secret", claims: user, signer: { secret }, reason: "algorithm_not_allowed" },
    { what: "a token for another audience", claims: { ...user, aud: "anon" }, reason: "audience_mismatch" },
  ],
  explained: [
    {
      what: "a token of the legacy secret",
      claims: user,
      signer: { secret },
      reason: "algorithm_not_allowed",
      fix: "pass `jwtSecret`",
    },
    {
      what: "an API key of the project",
      claims: apiKey,
      signer: { secret },
      reason: "issuer_untrusted",
      fix: "never accept it",
    },
  ],
  misused: [
    [() => supabase({ project: "acme" }), 'supabase.project is "acme"; it must be the project\'s reference'],
    [() => supabase({}), "supabase.project is missing; one of project, url must be given"],
    [
      () => supabase({ project, jwtSecret: "short" }),
      "supabase.jwtSecret is not that; it must be at least 32 characters",
    ],
  ],
  page: {
    configure: [
      "Project Settings → JWT Keys: asymmetric signing keys. Until old tokens have expired, pass the legacy secret as `jwtSecret`.",
      "Roles and permissions of your own: a custom access token hook adds claims. Set `claimNames` to them.",
    ],
    grants: "`role` (text) → roles",
    example: 'supabase({ project: "abcdefghijklmnopqrst" })',
    caveats: [
      "`aud` is `authenticated` for every user, anonymous ones included (`is_anonymous`): it keeps no two APIs of a project apart.",
      "Users can change their `user_metadata`: never let a claim in it grant anything.",
      "API keys of the project (`anon`, `service_role`) are JWTs of the legacy secret. Their issuer is `supabase`, so they stay out.",
    ],
  },
};

/** While tokens of the legacy secret are about. */
export const supabaseSecretCase: ProviderCase = {
  ...supabaseCase,
  terms: supabase({ project, jwtSecret: secret }),
  accepted: [
    ...supabaseCase.accepted,
    {
      what: "a user's access token of the legacy secret",
      claims: user,
      signer: { secret },
      grants: { roles: ["authenticated"] },
    },
  ],
  refused: [
    ...supabaseCase.refused.filter(({ what }) => what !== "a token of the legacy secret"),
    { what: "a token of another secret", claims: user, signer: { secret: `${secret}0` }, reason: "signature_invalid" },
  ],
  explained: [],
  misused: [],
};
