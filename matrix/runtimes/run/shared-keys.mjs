// A Worker whose isolates share keys through the Cache API.
import { createGuard } from "gatewarden";
import { createCacheFetch, protect } from "gatewarden/fetch";

/** @type {((request: Request) => Promise<Response>) | undefined} */
let handler;

// biome-ignore lint/style/noDefaultExport: a Worker is what its module exports by default.
export default {
  /** @param {Request} request @param {{ ISSUER: string, CACHE: string }} env */
  async fetch(request, env) {
    const cache = env.CACHE === "default" ? caches.default : () => caches.open(env.CACHE);
    handler ??= protect(
      createGuard({ issuer: env.ISSUER, audience: "https://api.test", fetch: createCacheFetch(cache) }),
      (_request, auth) => Response.json({ user: auth.subject }),
    );
    return handler(request);
  },
};
