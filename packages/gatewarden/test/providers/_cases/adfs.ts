// Tokens of AD FS 2016 and later.
import { adfs } from "../../../src/providers/providers.js";
import { adfsWords } from "../../../src/providers/words/adfs.js";
import { ownKeys, type ProviderCase } from "../_provider-cases.js";

const issuer = "http://adfs.acme.com/adfs/services/trust";
const user = {
  aud: "https://api.acme.com",
  appid: "s6BhdRkqt3",
  apptype: "Public",
  authmethod: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
  scp: "openid orders.read",
  ver: "1.0",
};

export const adfsCase: ProviderCase = {
  preset: "adfs",
  words: adfsWords,
  terms: adfs({ host: "adfs.acme.com", audience: "https://api.acme.com" }),
  issuer,
  published: {
    "https://adfs.acme.com/adfs/.well-known/openid-configuration": {
      issuer: "https://adfs.acme.com/adfs",
      access_token_issuer: issuer,
      jwks_uri: "https://adfs.acme.com/adfs/discovery/keys",
    },
    "https://adfs.acme.com/adfs/discovery/keys": ownKeys,
  },
  accepted: [
    { what: "a user's access token", claims: user, grants: { scopes: ["openid", "orders.read"] } },
    {
      what: "an access token with roles of a transform rule",
      claims: { ...user, scp: undefined, roles: ["Admins"] },
      grants: { roles: ["Admins"] },
    },
  ],
  refused: [
    {
      what: "an ID token",
      claims: { iss: "https://adfs.acme.com/adfs", aud: "s6BhdRkqt3", nonce: "n", upn: "alice@acme.com" },
      reason: "issuer_untrusted",
    },
    {
      what: "another service's token",
      claims: { ...user, iss: "http://adfs.other.com/adfs/services/trust" },
      reason: "issuer_untrusted",
    },
    { what: "another API's token", claims: { ...user, aud: "urn:microsoft:userinfo" }, reason: "audience_mismatch" },
  ],
  explained: [
    {
      what: "a token for userinfo alone",
      claims: { ...user, aud: "urn:microsoft:userinfo" },
      reason: "audience_mismatch",
      fix: "requested no `resource`",
    },
    {
      what: "an ID token",
      claims: { iss: "https://adfs.acme.com/adfs", aud: "s6BhdRkqt3" },
      reason: "issuer_untrusted",
      fix: "`access_token_issuer`",
    },
  ],
  misused: [
    [() => adfs({ host: "https://adfs.acme.com/adfs", audience: "a" }), 'adfs.host is "https://adfs.acme.com/adfs"'],
  ],
  page: {
    configure: [
      "Application group: a Web API, whose identifier is the audience, with scopes under Client Permissions. Clients request it as `resource`.",
      "For `role(…)`: Issuance Transform Rules that send group membership as `roles`.",
    ],
    grants: "`scp` → scopes, `roles` of a transform rule",
    example: 'adfs({ host: "adfs.acme.com", audience: "https://api.acme.com" })',
    caveats: [
      "The issuer of access tokens is not an https URL. Metadata name it as `access_token_issuer`, beside the `issuer` of ID tokens.",
    ],
  },
};
