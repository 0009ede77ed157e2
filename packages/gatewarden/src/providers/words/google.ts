// Facts about Google's own accounts.
import type { ProviderWords } from "./provider-words.js";

const ownServer =
  "Google's access tokens are for its own APIs. Log in with Google at an authorization server of your own (or Firebase) and send that one's token; or let clients send the identity token, and use `google` of `gatewarden/providers`.";

export const googleWords: ProviderWords = {
  name: "Google",
  preset: "google",
  namesClients: true,
  sharesKeys: true,
  marks: { host: /^accounts\.google\.com$/, text: /^accounts\.google\.com$/ },
  clientIds: /\.apps\.googleusercontent\.com$/,
  fixes: {
    id_token:
      "An identity token tells who logged in, and grants nothing. Where this API means to take it, as Google documents for backends and between services, use `google` of `gatewarden/providers`, which sets `allowIdTokens`.",
    token_opaque: ownServer,
    audience_mismatch:
      "`aud` is the OAuth client id that the user logged in with, or between services the URL that was asked for (`--audiences`, `?audience=`): set `audience` to it.",
    issuer_untrusted:
      "Google writes its issuer as `https://accounts.google.com` and as `accounts.google.com`: list `google({ audience })` and `google({ audience, isSchemeless: true })`.",
  },
  documentation: [
    "https://developers.google.com/identity/gsi/web/guides/verify-google-id-token",
    "https://developers.google.com/identity/sign-in/web/backend-auth",
    "https://cloud.google.com/run/docs/authenticating/service-to-service",
  ],
};
