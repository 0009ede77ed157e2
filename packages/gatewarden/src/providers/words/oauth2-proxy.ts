// Facts about oauth2-proxy, which forwards its provider's access token.
import type { ProviderWords } from "./provider-words.js";

export const oauth2ProxyWords: ProviderWords = {
  name: "oauth2-proxy",
  marks: {},
  headers: ["x-forwarded-access-token"],
  fixes: {
    credentials_missing:
      'Give the guard `tokenFrom: { header: "x-forwarded-access-token" }` with `trustProxy`, or let oauth2-proxy set the Authorization header (`--pass-authorization-header` sends the ID token, which is none for an API).',
  },
  documentation: ["https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview"],
};
