// Facts about Google Cloud Identity-Aware Proxy.
import type { ProviderWords } from "./provider-words.js";

export const googleIapWords: ProviderWords = {
  name: "Google Identity-Aware Proxy",
  preset: "googleIap",
  marks: { host: /^cloud\.google\.com$/ },
  sharesKeys: true,
  headers: ["x-goog-iap-jwt-assertion"],
  fixes: {
    credentials_missing:
      'Give the guard `tokenFrom: { header: "x-goog-iap-jwt-assertion" }` with `trustProxy`, and `googleIap` of `gatewarden/providers` as issuer.',
    audience_mismatch:
      "`aud` is the path of the service: /projects/<number>/global/backendServices/<id>, or /projects/<number>/apps/<id> on App Engine. Every project's proxy signs with the same keys.",
    keys_unavailable:
      "Keys are at https://www.gstatic.com/iap/verify/public_key-jwk: use `googleIap` of `gatewarden/providers`.",
    permission_missing:
      'The proxy\'s tokens carry no permissions: let IAM conditions decide, or require `claim("email", …)`.',
  },
  documentation: ["https://cloud.google.com/iap/docs/signed-headers-howto"],
  unverified: "that tokens carry `azp`, equal to `aud`, which the page does not list.",
};
