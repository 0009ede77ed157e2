// Tokens of Azure AD B2C, as "Overview of tokens" of its documentation shows them.
import { b2c } from "../../../src/providers/providers.js";
import { b2cWords } from "../../../src/providers/words/b2c.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const tenantId = "775527ff-9a37-4307-8b3d-cc311f58d925";
const api = "90c0fe63-bcf2-44d5-8fb7-b8bbc0b29dc6";
const client = "975251ed-e4f5-4efd-abcb-5f1a8f566ab7";
const issuer = `https://contoso.b2clogin.com/${tenantId}/v2.0/`;
const policy = "https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_signupsignin1";
const user = { aud: api, azp: client, tfp: "B2C_1_signupsignin1", scp: "Read Write", ver: "1.0" };
const given = { tenant: "contoso", tenantId, policy: "B2C_1_signupsignin1", audience: api };

export const b2cCase: ProviderCase = {
  preset: "b2c",
  words: b2cWords,
  terms: b2c(given),
  issuer,
  published: publish(issuer, `${policy}/discovery/v2.0/keys`, `${policy}/v2.0/.well-known/openid-configuration`),
  accepted: [{ what: "a user's access token", claims: user, grants: { scopes: ["Read", "Write"] } }],
  refused: [
    { what: "an ID token", claims: { aud: client, nonce: "12345", tfp: "B2C_1_signupsignin1" }, reason: "id_token" },
    {
      what: "an ID token of the API's own registration",
      claims: { aud: api, at_hash: "SGCPtt01wxwfgnYZy2VJtQ", tfp: "B2C_1_signupsignin1" },
      reason: "id_token",
    },
    {
      what: "another tenant's token",
      claims: { ...user, iss: `https://fabrikam.b2clogin.com/${tenantId.replace("7", "8")}/v2.0/` },
      reason: "issuer_untrusted",
    },
    { what: "another API's token", claims: { ...user, aud: client }, reason: "audience_mismatch" },
  ],
  explained: [
    {
      what: "another policy's key",
      claims: user,
      header: { kid: "of-another-policy" },
      reason: "key_unknown",
      fix: "B2C is not at login.microsoftonline.com",
    },
  ],
  misused: [
    [() => b2c({ ...given, tenant: "contoso.onmicrosoft.com" }), 'b2c.tenant is "contoso.onmicrosoft.com"'],
    [() => b2c({ ...given, policy: "signin" }), 'b2c.policy is "signin"; it must be the name of a policy'],
    [
      () => b2c({ ...given, issuerFormat: "policy" as never }),
      'b2c.issuerFormat is "policy"; it must be "tenant" or "tfp"',
    ],
  ],
  page: {
    configure: [
      "App registrations → the API → Expose an API: scopes. API permissions of the client: these scopes, with consent.",
      'User flows → the flow → Properties → Token compatibility settings: where the issuer contains `tfp`, pass `issuerFormat: "tfp"`.',
    ],
    grants: "`scp` → scopes",
    example:
      'b2c({\n    tenant: "contoso",\n    tenantId: "775527ff-9a37-4307-8b3d-cc311f58d925",\n    policy: "B2C_1_signupsignin1",\n    audience: "90c0fe63-bcf2-44d5-8fb7-b8bbc0b29dc6",\n  })',
    caveats: [
      "Metadata and keys are those of one policy. Policies of a tenant share the issuer, so only one of them can be listed.",
      "B2C writes no roles and no permissions.",
    ],
  },
};

/** The issuer with the policy in it, at a custom domain. */
export const b2cTfpCase: ProviderCase = {
  ...b2cCase,
  terms: b2c({ ...given, domain: "login.contoso.com", issuerFormat: "tfp" }),
  issuer: `https://login.contoso.com/tfp/${tenantId}/b2c_1_signupsignin1/v2.0/`,
  published: publish(
    `https://login.contoso.com/tfp/${tenantId}/b2c_1_signupsignin1/v2.0/`,
    "https://login.contoso.com/contoso.onmicrosoft.com/B2C_1_signupsignin1/discovery/v2.0/keys",
    "https://login.contoso.com/contoso.onmicrosoft.com/B2C_1_signupsignin1/v2.0/.well-known/openid-configuration",
  ),
  refused: [{ what: "a token of the tenant's issuer", claims: { ...user, iss: issuer }, reason: "issuer_untrusted" }],
  explained: [],
  misused: [],
};
