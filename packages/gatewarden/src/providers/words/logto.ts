// Facts about Logto.
import type { ProviderWords } from "./provider-words.js";

export const logtoWords: ProviderWords = {
  name: "Logto",
  preset: "logto",
  marks: { host: /\.logto\.app$/ },
  discoveryHint: "At Logto, the issuer is the endpoint with /oidc after it: https://<tenant>.logto.app/oidc.",
  fixes: {
    token_opaque: "Let the client request this API as `resource`: without one, Logto's access tokens are opaque.",
    audience_mismatch:
      "Register `{audience}` under API resources, and let the client request it as `resource`. `urn:logto:organization:<id>` is the audience of an organization token.",
    issuer_untrusted: "The issuer is https://<tenant>.logto.app/oidc, with /oidc at the end.",
    scope_missing:
      "Give the user a role with the permission, and let the client request it as a scope of the resource.",
    permission_missing: "Logto's permissions are scopes: require `scope(…)`.",
    organization_mismatch:
      "Let the client request the token with `organization_id`: then it stands in the claim of that name.",
  },
  documentation: [
    "https://docs.logto.io/authorization/validate-access-tokens",
    "https://docs.logto.io/authorization/organization-level-api-resources",
  ],
};
