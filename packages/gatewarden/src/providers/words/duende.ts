// Facts about Duende IdentityServer.
import type { ProviderWords } from "./provider-words.js";

export const duendeWords: ProviderWords = {
  name: "Duende IdentityServer",
  preset: "duende",
  marks: { host: /^demo\.duendesoftware\.com$/ },
  fixes: {
    claim_missing: "Group the scope into an ApiResource named `{audience}`: scopes alone write no `aud`.",
    audience_mismatch: "`aud` is the name of the ApiResource that holds the requested scope: set `audience` to it.",
    token_opaque: "Set the client's AccessTokenType to Jwt, or give the guard `introspection`.",
    scope_missing:
      'The scope is a list unless `EmitScopesAsSpaceDelimitedStringInJwt` is on: set `claimFormats: { scope: "list" }`.',
    role_missing: "List `role` among the UserClaims of the ApiResource, and let the profile service add it.",
  },
  documentation: [
    "https://docs.duendesoftware.com/identityserver/fundamentals/resources/api-resources",
    "https://docs.duendesoftware.com/identityserver/apis/aspnetcore/authorization",
  ],
  unverified: "nothing in its tokens names the product, so `explain` knows only the public demo server by name.",
};
