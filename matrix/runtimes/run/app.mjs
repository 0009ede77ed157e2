// An API as somebody would write it for a fetch runtime: one half with `gatewarden/fetch`, the other with Hono.
import { createGuard, permission } from "gatewarden";
import { protect as protectFetch } from "gatewarden/fetch";
import { protect } from "gatewarden/hono";
import { Hono } from "hono";

const audience = "https://api.test";

// Made at the top, as Workers do, where nothing may need randomness, a timer or the network.
const pinned = createGuard({
  issuer: "https://issuer.test/",
  audience,
  keys: { secret: "a secret of thirty-two characters or more" },
  dpop: { mode: "allowed", nonce: true },
});

/**
 * Its handler. The issuer's keys come over HTTP, by discovery.
 * @param {string} issuer
 * @returns {(request: Request) => Response | Promise<Response>}
 */
export function createApp(issuer) {
  // Clocks of tests stand still, this one runs: the tokens of these requests are fresh.
  const guard = createGuard({ issuer, audience, keys: { timeout: 2 } });
  const nonces = createGuard({ issuer, audience, dpop: { mode: "required", nonce: true } });
  const hono = new Hono().basePath("/hono");
  hono.get("/private", protect(guard), (context) => context.json({ user: context.var.auth.subject }));
  hono.get("/admin", protect(guard, permission("read:admin")), (context) => context.json({ ok: true }));
  const routes = new Map([
    ["/fetch/private", protectFetch(guard, (_request, auth) => Response.json({ user: auth.subject }))],
    ["/fetch/admin", protectFetch(guard, permission("read:admin"), () => Response.json({ ok: true }))],
    ["/fetch/bound", protectFetch(nonces, (_request, auth) => Response.json({ user: auth.subject }))],
    ["/fetch/pinned", protectFetch(pinned, (_request, auth) => Response.json({ user: auth.subject }))],
  ]);
  return (request) => {
    const handler = routes.get(new URL(request.url).pathname) ?? hono.fetch;
    return handler(request);
  };
}
