// The Worker that workerd runs: it decides cases that are posted to it, and is the API of `app.mjs` otherwise.
import * as gatewarden from "gatewarden";
import * as keys from "gatewarden-keys";
import { createApp } from "./app.mjs";
import { decideAll } from "./decide.mjs";
import { verifyAll } from "./verify.mjs";

// Made at the top, as Workers do, where nothing may need randomness, a timer or the network.
const pinned = gatewarden.createGuard({
  issuer: "https://issuer.test/",
  audience: "https://api.test",
  keys: { secret: "a secret of thirty-two characters or more" },
  dpop: { mode: "allowed", nonce: true },
});
let app;

// biome-ignore lint/style/noDefaultExport: a Worker is what its module exports by default.
export default {
  /** @param {Request} request */
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/decide") {
      const { document, vectors } = await request.json();
      const decisions = await decideAll(gatewarden, document);
      return Response.json({ decisions, signatures: await verifyAll(keys, vectors) });
    }
    if (pathname === "/pinned") return pinned.ready().then(() => new Response("ready"));
    app ??= createApp(env.ISSUER);
    return app(request);
  },
};
