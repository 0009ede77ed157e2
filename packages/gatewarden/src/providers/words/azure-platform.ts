// Tokens that Azure issues for itself. Static Web Apps replaces the client's token in the
// Authorization header with one.
import type { ProviderWords } from "./provider-words.js";

/**
 * Never trust that issuer: the platform also issues such a token for requests without any login.
 */
const platform =
  "Azure wrote this token for itself, in the place of the client's: it says nothing of the user, so do not trust its issuer. Static Web Apps replaces the Authorization header on the way to its API, and App Service authentication (EasyAuth) has tokens of its own. Let the client send its token under another name and give the guard `tokenFrom`, or call the API at its own address, past Static Web Apps.";

export const azurePlatformWords: ProviderWords = {
  name: "Azure Static Web Apps or App Service",
  marks: { host: /\.(azurestaticapps|azurewebsites)\.net$/ },
  headers: ["x-ms-token-aad-access-token", "x-ms-auth-token"],
  fixes: {
    credentials_missing:
      "EasyAuth passes the provider's access token on: give the guard `tokenFrom: { header: \"x-ms-token-aad-access-token\" }` with `trustProxy`, where the login requested a scope of this API. `x-ms-auth-token` is the platform's own.",
    issuer_untrusted: platform,
    algorithm_not_allowed: platform,
    audience_mismatch: platform,
    signature_invalid: platform,
    key_unknown: platform,
  },
  documentation: [
    "https://github.com/Azure/static-web-apps/issues/34",
    "https://github.com/Azure/static-web-apps/issues/275",
    "https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities",
  ],
};
