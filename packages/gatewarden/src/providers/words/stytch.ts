// Facts about Stytch.
import type { ProviderWords } from "./provider-words.js";

export const stytchWords: ProviderWords = {
  name: "Stytch",
  preset: "stytch",
  marks: {
    host: /\.customers\.stytch\.(com|dev)$/,
    text: /^stytch\.com\/project-/,
    claims: ["https://stytch.com/session", "https://stytch.com/organization"],
  },
  fixes: {
    issuer_untrusted:
      "`iss` is `stytch.com/<project id>`, without https, or the project's custom domain: use `stytch` of `gatewarden/providers`, with `domain` for the latter.",
    audience_mismatch: "`aud` is the project's id. A test project and its live sister have different ones.",
    token_opaque: "Send the session JWT (`session_jwt`), not the session token.",
    expired: "Session JWTs live for five minutes: let the client get a new one for the session.",
    role_missing:
      "Roles of a member's session stand in `https://stytch.com/session` → `roles`: assign them under RBAC.",
    permission_missing: "Stytch writes roles, not permissions: require `role(…)`.",
  },
  documentation: [
    "https://stytch.com/docs/b2b/api/connected-app-access-token",
    "https://stytch.com/docs/api-reference/consumer/api/sessions/get-jwks",
  ],
  unverified: "where roles stand in a session JWT, which the reference does not show.",
};
