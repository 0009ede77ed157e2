// Facts about Microsoft Entra ID.
import type { ProviderWords } from "./provider-words.js";

/** Shared with Microsoft's other directories, whose tokens have the same claims. */
export const entraGrants = {
  scope_missing:
    'Delegated permissions stand in `scp`: set `claimNames: { scope: "scp" }`. Tokens without a user carry app roles in `roles` instead.',
  permission_missing:
    "Entra writes no `permissions`: require `scope(…)` for delegated permissions (in `scp`) or `role(…)` for app roles (in `roles`).",
  role_missing:
    "Define the role under App roles of the API's registration, and assign it under Enterprise applications → Users and groups.",
};

const requestScope =
  "Request a scope of this API: one under Expose an API, or `api://<application id>/.default`. A token for Microsoft Graph is for Graph alone, and no other API can verify it.";

const ownKeys =
  "Where the registration has a claims mapping or signing keys of its own, its tokens are signed with keys that only `…/discovery/keys?appid=<application id>` lists: pass `appId` to `entra` of `gatewarden/providers`, or set `discoveryUrl` to the tenant's metadata with `?appid=<application id>`.";

const everyTenant =
  "`common` and `organizations` issue no tokens: each names the tenant of its user. List the tenants that may come in, as `entra({ tenants: [ … ], audience })` of `gatewarden/providers`, or look them up with `isTenantAllowed`.";

export const entraWords: ProviderWords = {
  name: "Microsoft Entra ID",
  preset: "entra",
  namesApisByUuid: true,
  sharesKeys: true,
  marks: {
    host: /^(login\.microsoftonline\.(com|us)|sts\.windows\.net|login\.partner\.microsoftonline\.cn|sts\.chinacloudapi\.cn)$/,
    claims: ["appidacr", "azpacr", "xms_idrel"],
  },
  discoveryHint:
    "At Entra, the issuer is https://login.microsoftonline.com/<tenant id>/v2.0. Tenants of customers are elsewhere: Azure AD B2C at b2clogin.com, External ID at ciamlogin.com.",
  fixes: {
    audience_mismatch: `${requestScope} In version 2 tokens \`aud\` is the API's application id, in version 1 tokens usually its \`api://\` URI.`,
    id_token: `Send the access token. ${requestScope}`,
    signature_invalid: requestScope,
    key_unknown: `${ownKeys} Otherwise: ${requestScope}`,
    issuer_untrusted: `The manifest of the API's app registration decides the version of its tokens: with \`requestedAccessTokenVersion: 2\` they come from https://login.microsoftonline.com/<tenant>/v2.0, otherwise from https://sts.windows.net/<tenant>/. Set it to 2, or pass \`version: 1\` to \`entra\`. ${everyTenant}`,
    keys_unavailable: `Metadata are at https://login.microsoftonline.com/<tenant id>/v2.0/.well-known/openid-configuration. ${everyTenant}`,
    ...entraGrants,
  },
  documentation: [
    "https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference",
    "https://learn.microsoft.com/entra/identity-platform/access-tokens",
    "https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud",
  ],
  unverified:
    "that tokens of version 1 in the cloud for the US government name sts.windows.net, and those in China sts.chinacloudapi.cn.",
};
