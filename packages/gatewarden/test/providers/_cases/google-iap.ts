// Assertions of Google Cloud Identity-Aware Proxy, as "Securing your app with signed headers" of
// its documentation shows them.
import { googleIap } from "../../../src/providers/providers.js";
import { googleIapWords } from "../../../src/providers/words/google-iap.js";
import { ownKeys, type ProviderCase } from "../_provider-cases.js";

const service = "/projects/1234567890/global/backendServices/9876543210";
const header = { alg: "ES256" };
const user = {
  aud: service,
  azp: service,
  email: "alice@acme.com",
  hd: "acme.com",
  google: { access_levels: [] },
  sub: "accounts.google.com:1164",
};

export const googleIapCase: ProviderCase = {
  preset: "googleIap",
  words: googleIapWords,
  terms: googleIap({ audience: service }),
  issuer: "https://cloud.google.com/iap",
  published: { "https://www.gstatic.com/iap/verify/public_key-jwk": ownKeys },
  accepted: [{ what: "a user's assertion", header, claims: user, grants: { organization: "acme.com" } }],
  refused: [
    {
      what: "an assertion for another project's service, which has the same keys",
      header,
      claims: { ...user, aud: "/projects/666/global/backendServices/1" },
      reason: "audience_mismatch",
    },
    {
      what: "an identity token of Google",
      claims: { ...user, iss: "https://accounts.google.com" },
      reason: "issuer_untrusted",
    },
    { what: "an assertion with another algorithm", claims: user, reason: "algorithm_not_allowed" },
  ],
  explained: [
    {
      what: "an assertion for another project's service",
      header,
      claims: { ...user, aud: "/projects/666/global/backendServices/1" },
      reason: "audience_mismatch",
      fix: "path of the service",
    },
  ],
  misused: [
    [
      () => googleIap({ audience: "1234.apps.googleusercontent.com" }),
      'googleIap.audience is "1234.apps.googleusercontent.com"',
    ],
  ],
  page: {
    configure: [
      "Security → Identity-Aware Proxy → the service → Get JWT audience code: the audience.",
      "The guard: `tokenFrom: { header: tokenHeaders.googleIap }`, and `trustProxy` with the load balancer's addresses.",
    ],
    grants: "none; `hd` → organization",
    example: 'googleIap({ audience: "/projects/1234567890/global/backendServices/9876543210" })',
    imports: ["tokenHeaders"],
    options: ["tokenFrom: { header: tokenHeaders.googleIap },", 'trustProxy: { addresses: ["10.0.0.0/8"] },'],
    caveats: [
      "The assertion is what Google documents as the credential behind the proxy. It names the service as `azp` too, as ID tokens name their client: the preset sets `allowIdTokens`.",
      "The proxies of all projects sign with the same keys. Only `aud` tells them apart, and it is checked.",
    ],
  },
};
