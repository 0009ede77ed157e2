// Facts about Azure AD B2C.
import type { ProviderWords } from "./provider-words.js";

const requestScope =
  "Request a scope of this API, as `https://<tenant>.onmicrosoft.com/<api>/<scope>`: without one, B2C gives no access token, or one for the client itself.";
const issuer =
  "B2C is not at login.microsoftonline.com: the issuer is https://<tenant>.b2clogin.com/<tenant id>/v2.0/, slash included (with `tfp` and the policy in it, where the policy's token compatibility says so), and metadata and keys belong to a policy: use `b2c` of `gatewarden/providers`, or set `discoveryUrl` to https://<tenant>.b2clogin.com/<tenant>.onmicrosoft.com/<policy>/v2.0/.well-known/openid-configuration.";

export const b2cWords: ProviderWords = {
  name: "Azure AD B2C",
  preset: "b2c",
  namesApisByUuid: true,
  sharesKeys: true,
  marks: { host: /\.b2clogin\.com$/, claims: ["tfp"] },
  discoveryHint: issuer,
  fixes: {
    audience_mismatch: `${requestScope} \`aud\` is the API's application id.`,
    id_token: `Send the access token. ${requestScope}`,
    key_unknown: issuer,
    signature_invalid: issuer,
    issuer_untrusted: issuer,
    keys_unavailable: issuer,
    scope_missing:
      'Scopes stand in `scp`: set `claimNames: { scope: "scp" }`. Grant them to the client under API permissions, and request them.',
    permission_missing: "B2C writes no `permissions`: require `scope(…)` (in `scp`).",
    role_missing:
      "B2C writes no roles: let a custom policy or an API connector add a claim, and set `claimNames.roles` to it.",
  },
  documentation: [
    "https://learn.microsoft.com/azure/active-directory-b2c/tokens-overview",
    "https://learn.microsoft.com/azure/active-directory-b2c/configure-tokens",
  ],
  unverified: "whether policies of one tenant may sign with different keys while they issue as the same issuer.",
};
