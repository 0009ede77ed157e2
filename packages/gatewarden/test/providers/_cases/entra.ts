// Tokens of Microsoft Entra ID, as "Access tokens" and "Access token claims reference" of its
// documentation show them.
import { entra } from "../../../src/providers/providers.js";
import { entraWords } from "../../../src/providers/words/entra.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const other = "fa15d692-e9c7-4460-a743-29f29522229a";
const api = "6e74172b-be56-4843-9ff4-e66a39bb12e3";
const client = "75dbe77f-10a3-4e59-85fd-8c127544f17c";
const issuer = `https://login.microsoftonline.com/${tenant}/v2.0`;
const keysUri = `https://login.microsoftonline.com/${tenant}/discovery/v2.0/keys`;
const common = { aud: api, tid: tenant, oid: "690222be-ff1a-4d56-abd1-7e4f7d38e474", uti: "fqiBqXLPj0eQa82S-IYFAA" };
const user = { ...common, azp: client, azpacr: "0", scp: "access_as_user Orders.Read", ver: "2.0" };
const idToken = { ...common, aud: client, nonce: "12345", preferred_username: "abeli@microsoft.com", ver: "2.0" };

const refused: ProviderCase["refused"] = [
  { what: "an ID token", claims: idToken, reason: "id_token" },
  { what: "an ID token without nonce", claims: { ...idToken, nonce: undefined }, reason: "audience_mismatch" },
  {
    what: "another tenant's token",
    claims: { ...user, iss: `https://login.microsoftonline.com/${other}/v2.0`, tid: other },
    reason: "issuer_untrusted",
  },
  {
    what: "a token of the tenant-independent issuer",
    claims: { ...user, iss: "https://login.microsoftonline.com/common/v2.0" },
    reason: "issuer_untrusted",
  },
  {
    what: "a token for Microsoft Graph",
    claims: { ...user, aud: "00000003-0000-0000-c000-000000000000" },
    reason: "audience_mismatch",
  },
  {
    what: "a version 1 token",
    claims: { ...user, iss: `https://sts.windows.net/${tenant}/` },
    reason: "issuer_untrusted",
  },
];

export const entraCase: ProviderCase = {
  preset: "entra",
  words: entraWords,
  terms: entra({ tenant, audience: api }),
  issuer,
  published: publish(issuer, keysUri),
  accepted: [
    {
      what: "a user's access token of version 2",
      claims: user,
      grants: { scopes: ["access_as_user", "Orders.Read"], organization: tenant },
    },
    {
      what: "an application's access token with app roles",
      claims: { ...common, azp: client, azpacr: "1", roles: ["Orders.Read.All"], ver: "2.0", idtyp: "app" },
      grants: { roles: ["Orders.Read.All"], organization: tenant },
    },
  ],
  refused,
  explained: [
    {
      what: "a stranger's tenant, which has the same keys",
      claims: { ...user, iss: `https://login.microsoftonline.com/${other}/v2.0`, tid: other },
      reason: "issuer_untrusted",
      fix: "List the tenants that may come in",
    },
    {
      what: "a key of the application's own",
      claims: user,
      header: { kid: "app-specific" },
      reason: "key_unknown",
      fix: "?appid=<application id>",
    },
    {
      what: "a token of version 1",
      claims: { ...user, iss: `https://sts.windows.net/${tenant}/` },
      reason: "issuer_untrusted",
      fix: "pass `version: 1` to `entra`",
    },
  ],
  misused: [
    [
      () => entra({ tenant: "contoso.onmicrosoft.com", audience: api }),
      'entra.tenant is "contoso.onmicrosoft.com"; it must be the tenant\'s id',
    ],
    [() => entra({ tenant: "common", audience: api }), 'entra.tenant is "common"'],
    [
      () => entra({ audience: api } as never),
      "entra.tenant is missing; one of tenant, tenants, isTenantAllowed must be given",
    ],
    [() => entra({ tenants: [], audience: api }), "entra.tenants is an empty list"],
    [() => entra({ tenant, audience: api, version: 3 as never }), "entra.version is 3; it must be 2 or 1"],
  ],
  page: {
    configure: [
      "App registrations → the API → Expose an API: a scope. App roles: what applications and users may be granted.",
      "Manifest: `requestedAccessTokenVersion: 2`. Otherwise tokens are of version 1: pass `version: 1`, and the `api://` URI as audience.",
      "Several tenants: `entra({ tenants: [ … ], audience })`, or `entra({ isTenantAllowed, audience })` to ask your own data. `common` and `organizations` are not issuers.",
      "Keys of the registration's own (claims mapping): pass `appId`.",
    ],
    grants: "`scp` → scopes, `roles`, `tid` → organization",
    example:
      'entra({\n    tenant: "8eaef023-2b34-4da1-9baa-8bc8c9d6a490",\n    audience: "6e74172b-be56-4843-9ff4-e66a39bb12e3",\n  })',
    caveats: [
      "Give API and client registrations of their own. Where they share one, an ID token without `nonce` has the API's audience, and nothing but a missing `scp` or `roles` tells it apart: require a scope.",
      "A user with more than 200 groups gets no `groups` claim. Use app roles.",
      "Both versions at once: list the preset twice.",
    ],
  },
};

/** Version 1, with keys of the application's own. */
export const entraV1Case: ProviderCase = {
  ...entraCase,
  terms: entra({ tenant, audience: "api://orders", version: 1, appId: api }),
  issuer: `https://sts.windows.net/${tenant}/`,
  published: publish(
    `https://sts.windows.net/${tenant}/`,
    `https://login.microsoftonline.com/${tenant}/discovery/keys?appid=${api}`,
    `https://login.microsoftonline.com/${tenant}/.well-known/openid-configuration?appid=${api}`,
  ),
  accepted: [
    {
      what: "a user's access token of version 1",
      header: { x5t: "own-key" },
      claims: { ...common, aud: "api://orders", appid: client, appidacr: "0", scp: "user_impersonation", ver: "1.0" },
      grants: { scopes: ["user_impersonation"], organization: tenant },
    },
  ],
  refused: [
    { what: "an ID token", claims: { ...common, aud: client, nonce: "12345", ver: "1.0" }, reason: "id_token" },
    {
      what: "another tenant's token",
      claims: { ...user, iss: `https://sts.windows.net/${other}/` },
      reason: "issuer_untrusted",
    },
    { what: "a version 2 token", claims: { ...user, iss: issuer }, reason: "issuer_untrusted" },
  ],
  explained: [],
  misused: [],
};

/** Two tenants. */
export const entraListCase: ProviderCase = {
  ...entraCase,
  terms: entra({ tenants: [tenant, other], audience: api }),
  published: {
    ...publish(issuer, keysUri),
    ...publish(
      `https://login.microsoftonline.com/${other}/v2.0`,
      `https://login.microsoftonline.com/${other}/discovery/v2.0/keys`,
    ),
  },
  accepted: [
    ...entraCase.accepted,
    {
      what: "the other tenant's access token",
      claims: { ...user, iss: `https://login.microsoftonline.com/${other}/v2.0`, tid: other },
      grants: { scopes: ["access_as_user", "Orders.Read"], organization: other },
    },
  ],
  refused: refused.filter(({ what }) => what !== "another tenant's token"),
  explained: [],
  misused: [],
};

/** Tenants of an allow-list that is asked. */
export const entraOrganizationsCase: ProviderCase = {
  ...entraCase,
  terms: entra({ isTenantAllowed: async (asked) => asked === tenant, audience: api }),
  refused: [
    ...refused,
    { what: "an issuer with more after it", claims: { ...user, iss: `${issuer}/` }, reason: "issuer_untrusted" },
    {
      what: "an allowed tenant's id at another host",
      claims: { ...user, iss: `https://login.microsoftonline.com.evil.example/${tenant}/v2.0` },
      reason: "issuer_untrusted",
    },
    {
      what: "an allowed tenant's id in capital letters",
      claims: { ...user, iss: `https://login.microsoftonline.com/${tenant.toUpperCase()}/v2.0` },
      reason: "issuer_untrusted",
    },
  ],
  explained: [],
  misused: [],
};
