// Facts about Cloudflare Access.
import type { ProviderWords } from "./provider-words.js";

export const cloudflareAccessWords: ProviderWords = {
  name: "Cloudflare Access",
  preset: "cloudflareAccess",
  marks: { host: /\.cloudflareaccess\.com$/, claims: ["identity_nonce"] },
  headers: ["cf-access-jwt-assertion"],
  fixes: {
    credentials_missing:
      'Give the guard `tokenFrom: { header: "cf-access-jwt-assertion" }` with `trustProxy`, and `cloudflareAccess` of `gatewarden/providers` as issuer.',
    audience_mismatch:
      "`aud` is the AUD tag of the Access application (Access controls → Applications → Basic information): set `audience` to it.",
    issuer_untrusted: "The issuer is https://<team>.cloudflareaccess.com, with the team's own name.",
    keys_unavailable:
      "Keys are at https://<team>.cloudflareaccess.com/cdn-cgi/access/certs: use `cloudflareAccess` of `gatewarden/providers`.",
    permission_missing:
      'Access tokens carry no permissions: let a policy of the application decide, or require `claim("email", …)`.',
    role_missing:
      "Application tokens carry no roles: let a policy of the application decide, or add a custom claim of the provider's.",
  },
  documentation: [
    "https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/application-token/",
    "https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json/",
  ],
};
