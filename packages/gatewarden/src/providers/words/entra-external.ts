// Facts about Microsoft Entra External ID.
import { entraGrants } from "./entra.js";
import type { ProviderWords } from "./provider-words.js";

const requestScope =
  "Request a scope of this API: one under Expose an API of its registration in the external tenant, `api://<application id>/<scope>`.";
const issuer =
  "External tenants are not at login.microsoftonline.com: the issuer is https://<tenant id>.ciamlogin.com/<tenant id>/v2.0, with the tenant's id in both places, and its keys are there.";

export const entraExternalWords: ProviderWords = {
  name: "Microsoft Entra External ID",
  preset: "entraExternal",
  namesApisByUuid: true,
  sharesKeys: true,
  marks: { host: /\.ciamlogin\.com$/ },
  discoveryHint: issuer,
  fixes: {
    audience_mismatch: `${requestScope} \`aud\` is the API's application id.`,
    id_token: `Send the access token. ${requestScope}`,
    key_unknown: issuer,
    signature_invalid: issuer,
    issuer_untrusted: issuer,
    ...entraGrants,
  },
  documentation: [
    "https://learn.microsoft.com/entra/external-id/customers/concept-supported-features-customers",
    "https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference",
  ],
  unverified:
    "the issuer's form, which no page of the documentation spells out: it is taken from metadata that applications in the field quote. Nor what `iss` is with a custom URL domain.",
};
