// A protected API as a Cloudflare Worker. Whose tokens it accepts is in the Worker's variables.
import { createGuard, type Guard, permission } from "gatewarden";
import { createCacheFetch, protect } from "gatewarden/fetch";

type Env = Readonly<Record<string, string>>;
type Route = (request: Request) => Response | Promise<Response>;

const createRoutes = (guard: Guard): Readonly<Record<string, Route>> => ({
  "/api/public": () => Response.json({ message: "Public endpoint" }),

  "/api/private": protect(guard, (_, auth) => Response.json({ message: "Private endpoint", user_id: auth.subject })),

  "/api/admin": protect(guard, permission("read:admin"), () => Response.json({ message: "Admin endpoint" })),

  "/api/user": protect(guard, (_request, { subject, claims }) => {
    const email = claims["https://gatewarden.local/email"];
    return Response.json({ subject, email, plan: claims["https://gatewarden.local/plan"] });
  }),
});

let routes: ReturnType<typeof createRoutes> | undefined;

// biome-ignore lint/style/noDefaultExport: a Worker is what its module exports by default.
export default {
  fetch(request: Request, env: Env): Response | Promise<Response> {
    // All isolates share the keys: a new one need not ask the issuer.
    routes ??= createRoutes(createGuard({ env, fetch: createCacheFetch(() => caches.open("keys")) }));
    const route = routes[new URL(request.url).pathname];
    return route ? route(request) : Response.json({ message: "Not found" }, { status: 404 });
  },
};
