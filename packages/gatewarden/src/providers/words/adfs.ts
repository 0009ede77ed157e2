// Facts about AD FS.
import type { ProviderWords } from "./provider-words.js";

const issuer =
  'Access tokens of AD FS name the `access_token_issuer` of its metadata, such as http://<host>/adfs/services/trust, and not https://<host>/adfs, which ID tokens name: use `adfs` of `gatewarden/providers`, or set that as `issuer` with `discoveryUrl: "https://<host>/adfs/.well-known/openid-configuration"`.';

export const adfsWords: ProviderWords = {
  name: "AD FS",
  preset: "adfs",
  sharesKeys: true,
  marks: { path: /\/adfs(\/services\/trust)?\/?$/, claims: ["apptype", "authmethod"] },
  discoveryHint: issuer,
  fixes: {
    issuer_untrusted: issuer,
    keys_unavailable: issuer,
    audience_mismatch:
      "`aud` is the identifier of the Web API in the application group. `urn:microsoft:userinfo` or `microsoft:identityserver:…` mean that the client requested no `resource`.",
    id_token: "Send the access token, requested with this API's identifier as `resource`.",
    scope_missing: 'Scopes stand in `scp`: set `claimNames: { scope: "scp" }`. Grant them under Client Permissions.',
    role_missing:
      "Issue a claim with an Issuance Transform Rule of the Web API, such as group membership as `roles`, and set `claimNames.roles` to its name.",
    permission_missing: "AD FS writes no `permissions`: require `scope(…)`, or issue a claim with a transform rule.",
  },
  documentation: [
    "https://learn.microsoft.com/windows-server/identity/ad-fs/overview/ad-fs-openid-connect-oauth-concepts",
    "https://learn.microsoft.com/windows-server/identity/ad-fs/development/ad-fs-openid-connect-oauth-flows-scenarios",
    "https://learn.microsoft.com/openspecs/windows_protocols/ms-oidce/",
    "https://github.com/aspnet/Security/issues/1852",
  ],
  unverified:
    "the claims of an access token, which the documentation does not list: `scp`, `appid` and `apptype` are taken from tokens in the field.",
};
