// Facts about ZITADEL.
import type { ProviderWords } from "./provider-words.js";

export const zitadelWords: ProviderWords = {
  name: "ZITADEL",
  preset: "zitadel",
  marks: {
    host: /\.zitadel\.cloud$/,
    claims: ["urn:zitadel:iam:org:project:roles", "urn:zitadel:iam:user:resourceowner:id"],
  },
  discoveryHint:
    "At ZITADEL, the issuer is https://<instance>.zitadel.cloud, or the instance's custom domain, without path.",
  fixes: {
    token_opaque:
      "Set the application's access token type to JWT in its token settings, or give the guard `introspection`.",
    audience_mismatch:
      "Let the client request the project's audience scope: `urn:zitadel:iam:org:project:id:<project id>:aud`.",
    role_missing:
      'Roles are the names of an object\'s members in `urn:zitadel:iam:org:project:<project id>:roles`: use `zitadel` of `gatewarden/providers`, or set `claimNames.roles` to that and `claimFormats: { roles: "keys" }`. Switch on Assert Roles on Authentication in the project, or request the scope `urn:zitadel:iam:org:projects:roles`.',
    permission_missing:
      "ZITADEL grants roles, not permissions: require `role(…)`, or append a claim in an Action and set `claimNames.permissions` to it.",
    organization_mismatch:
      "The user's organization stands in `urn:zitadel:iam:user:resourceowner:id`, when the client requests the scope `urn:zitadel:iam:user:resourceowner`.",
  },
  documentation: [
    "https://zitadel.com/docs/apis/openidoauth/claims",
    "https://zitadel.com/docs/apis/openidoauth/scopes",
    "https://zitadel.com/docs/guides/integrate/retrieve-user-roles",
  ],
};
