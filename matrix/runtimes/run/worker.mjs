// The Worker that workerd runs: it decides cases that are posted to it, and is the API of `app.mjs` otherwise.
import * as gatewarden from "gatewarden";
import * as keys from "gatewarden-keys";
import { createApp } from "./app.mjs";
import { decideAll, decideAtOnce } from "./decide.mjs";
import { verifyAll } from "./verify.mjs";

/** @type {ReturnType<typeof createApp> | undefined} */
let app;

// biome-ignore lint/style/noDefaultExport: a Worker is what its module exports by default.
export default {
  /** @param {Request} request */
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/decide") {
      const { document, vectors } = await request.json();
      const decisions = await decideAll(gatewarden, document);
      const atOnce = await decideAtOnce(gatewarden, document, "tokens");
      return Response.json({ decisions, atOnce, signatures: await verifyAll(keys, vectors) });
    }
    app ??= createApp(env.ISSUER);
    return app(request);
  },
};
