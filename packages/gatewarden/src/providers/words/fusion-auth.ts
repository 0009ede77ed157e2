// Facts about FusionAuth.
import type { ProviderWords } from "./provider-words.js";

export const fusionAuthWords: ProviderWords = {
  name: "FusionAuth",
  preset: "fusionAuth",
  namesApisByUuid: true,
  sharesKeys: true,
  marks: { claims: ["authenticationType"] },
  fixes: {
    issuer_untrusted:
      "`iss` is the text that the tenant has under Tenants → General → Issuer, often a bare host name: pass it as `issuer` to `fusionAuth` of `gatewarden/providers`, which fetches keys from the server's address.",
    audience_mismatch: "`aud` is the application's id; for tokens between services, the target entity's.",
    algorithm_not_allowed:
      "Applications → the application → JWT: choose an RSA or EC key for access tokens. The default signs with a shared secret (HS256).",
    id_token: "Send the access token: FusionAuth's ID token has the same audience, and carries no roles.",
    role_missing: "Register the user for the application, with the role.",
    permission_missing: "Only tokens between entities carry `permissions`: require `role(…)` for users.",
  },
  documentation: [
    "https://fusionauth.io/docs/lifecycle/authenticate-users/oauth/tokens",
    "https://fusionauth.io/docs/apis/jwt",
  ],
};
