// Tokens of Microsoft Entra External ID.
import { entraExternal } from "../../../src/providers/providers.js";
import { entraExternalWords } from "../../../src/providers/words/entra-external.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const tenant = "7e8da8a9-67bc-4d53-bfc7-fe3e13128382";
const other = "bff9cd6e-5793-4bdc-bffd-0efb12816a81";
const api = "76206f73-e73f-4722-b8b4-f97469fefcdf";
const client = "ae480273-33ea-44be-8875-fcc7b4bcf9b6";
const issuer = `https://${tenant}.ciamlogin.com/${tenant}/v2.0`;
const user = { aud: api, azp: client, azpacr: "0", scp: "chat.full", tid: tenant, ver: "2.0" };

export const entraExternalCase: ProviderCase = {
  preset: "entraExternal",
  words: entraExternalWords,
  terms: entraExternal({ tenant, audience: api }),
  issuer,
  published: publish(issuer, `https://${tenant}.ciamlogin.com/${tenant}/discovery/v2.0/keys`),
  accepted: [
    { what: "a user's access token", claims: user, grants: { scopes: ["chat.full"], organization: tenant } },
    {
      what: "an application's access token with app roles",
      claims: { ...user, scp: undefined, roles: ["Chat.Admin"] },
      grants: { roles: ["Chat.Admin"], organization: tenant },
    },
  ],
  refused: [
    { what: "an ID token", claims: { aud: client, nonce: "12345", tid: tenant, ver: "2.0" }, reason: "id_token" },
    {
      what: "another external tenant's token",
      claims: { ...user, iss: `https://${other}.ciamlogin.com/${other}/v2.0` },
      reason: "issuer_untrusted",
    },
    {
      what: "a token of the same directory at login.microsoftonline.com",
      claims: { ...user, iss: `https://login.microsoftonline.com/${tenant}/v2.0` },
      reason: "issuer_untrusted",
    },
    { what: "another API's token", claims: { ...user, aud: client }, reason: "audience_mismatch" },
  ],
  explained: [
    {
      what: "a key that is not there",
      claims: user,
      header: { kid: "elsewhere" },
      reason: "key_unknown",
      fix: "https://<tenant id>.ciamlogin.com/<tenant id>/v2.0",
    },
  ],
  misused: [[() => entraExternal({ tenant: "acme", audience: api }), 'entraExternal.tenant is "acme"']],
  page: {
    configure: ["App registrations of the external tenant → the API → Expose an API: a scope, which clients request."],
    grants: "`scp` → scopes, `roles`, `tid` → organization",
    example:
      'entraExternal({\n    tenant: "7e8da8a9-67bc-4d53-bfc7-fe3e13128382",\n    audience: "76206f73-e73f-4722-b8b4-f97469fefcdf",\n  })',
    caveats: ["The issuer is at `<tenant id>.ciamlogin.com`, also where users log in at `<name>.ciamlogin.com`."],
  },
};
