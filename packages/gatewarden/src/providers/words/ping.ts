// Facts about PingOne.
import type { ProviderWords } from "./provider-words.js";

export const pingWords: ProviderWords = {
  name: "PingOne",
  preset: "ping",
  marks: { host: /^auth\.pingone\.(com|ca|eu|asia|com\.au|sg)$/ },
  discoveryHint: "At PingOne, the issuer is https://auth.pingone.<region>/<environment id>/as.",
  fixes: {
    audience_mismatch:
      "Applications → Resources: a custom resource, whose Audience is this API's. `https://api.pingone.…` means that the client requested scopes of PingOne alone.",
    issuer_untrusted:
      "The issuer is https://auth.pingone.<region>/<environment id>/as, with the region's own top-level domain.",
    scope_missing: "Add the scope to the custom resource, grant it to the application, and request it.",
    permission_missing:
      "PingOne writes no `permissions` by itself: add an attribute to the custom resource, or require `scope(…)`.",
    role_missing:
      "Add an attribute with the user's groups or roles to the custom resource, and set `claimNames.roles` to it.",
  },
  documentation: [
    "https://developer.pingidentity.com/pingone-api/foundations/authentication-concepts/access-tokens-and-id-tokens/token-claims.html",
    "https://developer.pingidentity.com/pingone-api/platform/resources/resource-scopes.html",
  ],
  unverified: "the issuer under a custom domain.",
};
