// Facts about Firebase Authentication.
import type { ProviderWords } from "./provider-words.js";

export const firebaseWords: ProviderWords = {
  name: "Firebase",
  preset: "firebase",
  sharesKeys: true,
  marks: { host: /^securetoken\.google\.com$/, claims: ["firebase"] },
  fixes: {
    audience_mismatch:
      "Firebase's tokens name the project as `aud`: set `audience` to the project id, and `issuer` to https://securetoken.google.com/<project id>.",
    issuer_untrusted:
      "Set `issuer` to https://securetoken.google.com/<project id>, with the project that the client is configured for. Session cookies (https://session.firebase.google.com/…) are another kind of token.",
    id_token:
      "Firebase's ID token is what clients send to their own backend: use `firebase` of `gatewarden/providers`, which sets `allowIdTokens`.",
    permission_missing:
      "Firebase writes custom claims only: set them with the Admin SDK, and `claimNames.permissions` to the claim's name.",
    role_missing:
      "Firebase writes custom claims only: set them with the Admin SDK, and `claimNames.roles` to the claim's name.",
  },
  documentation: [
    "https://firebase.google.com/docs/auth/admin/verify-id-tokens",
    "https://firebase.google.com/docs/auth/admin/custom-claims",
    "https://cloud.google.com/identity-platform/docs/multi-tenancy-managing-tenants",
  ],
  unverified:
    "that metadata (openid-configuration) are served at the issuer: the documentation names the keys as certificates only.",
};
