// The Worker that workerd runs: it decides cases that are posted to it, and is the API of `app.mjs` otherwise.
import * as gatewarden from "gatewarden";
import { createApp } from "./app.mjs";
import { decideAll } from "./decide.mjs";

// Made where Workers make things, at the top: nothing may need randomness, time or the network by then.
let app;

// biome-ignore lint/style/noDefaultExport: a Worker is what its module exports by default.
export default {
  /** @param {Request} request */
  async fetch(request, env) {
    if (new URL(request.url).pathname === "/decide") {
      const decisions = await decideAll(gatewarden, await request.json());
      return Response.json({ hasNodeCrypto: hasNodeCrypto(), decisions });
    }
    app ??= createApp(env.ISSUER);
    return app(request);
  },
};

function hasNodeCrypto() {
  return globalThis.process?.getBuiltinModule?.("node:crypto") !== undefined;
}
