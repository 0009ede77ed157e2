// Facts about Clerk.
import type { ProviderWords } from "./provider-words.js";

const parties =
  "Clerk's session tokens have no `aud`; Clerk says to check `azp`, the origin that they were made for: use `clerk` of `gatewarden/providers` with `authorizedParties`.";

export const clerkWords: ProviderWords = {
  name: "Clerk",
  preset: "clerk",
  marks: { host: /\.clerk\.accounts\.dev$|^clerk\./, claims: ["fva"] },
  fixes: {
    claim_missing: `${parties} Or add \`aud\` under Sessions → Customize session token, or in a JWT template, with \`{audience}\` as its value.`,
    audience_mismatch:
      "Set `aud` to `{audience}` in the JWT template or the customized session token that the client uses.",
    client_mismatch:
      "The token was made for another origin: list it in `authorizedParties` only if it is a frontend of your own.",
    issuer_untrusted:
      "The issuer is the instance's Frontend API URL: https://<name>.clerk.accounts.dev in development, https://clerk.<your domain> in production.",
    permission_missing:
      "Clerk packs permissions into `o.per` and `fea` of the session token, which only its SDK unpacks: require `role(…)`, or add a claim with the permissions under Sessions → Customize session token and set `claimNames.permissions` to it.",
    role_missing:
      'The role stands in `o.rol`, without `org:` in front, while an organization is active: set `claimNames: { roles: ["o", "rol"] }` and `claimFormats: { roles: "text" }`.',
  },
  documentation: [
    "https://clerk.com/docs/guides/sessions/session-tokens",
    "https://clerk.com/docs/guides/sessions/manual-jwt-verification",
  ],
};
