// A route handler as Next.js has it, and a Worker.
import { createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/fetch";

const guard = createGuard({ issuer: "https://acme.eu.auth0.com/", audience: "https://api.acme.com" });

export const GET = protect(guard, permission("read:admin"), (_request, auth) => Response.json({ user: auth.subject }));

interface Env {
  readonly region: string;
}

// biome-ignore lint/style/noDefaultExport: Workers want one.
export default {
  fetch: protect(
    guard,
    async (request: Request, auth, env: Env) => new Response(`${request.url} ${auth.issuer} ${env.region}`),
  ),
};
