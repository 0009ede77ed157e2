// A protected API with Deno's own server. Whose tokens it accepts is in the environment.
import { createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/fetch";

const hostname = Deno.env.get("HOST") || "127.0.0.1";
const port = Number(Deno.env.get("PORT") || 3000);

const guard = createGuard();

const routes: Readonly<Record<string, (request: Request) => Response | Promise<Response>>> = {
  "/api/public": () => Response.json({ message: "Public endpoint" }),

  "/api/private": protect(guard, (_request, auth) => {
    return Response.json({ message: "Private endpoint", user_id: auth.subject });
  }),

  "/api/admin": protect(guard, permission("read:admin"), () => Response.json({ message: "Admin endpoint" })),

  "/api/user": protect(guard, (_request, { subject, claims }) => {
    const email = claims["https://gatewarden.local/email"];
    return Response.json({ subject, email, plan: claims["https://gatewarden.local/plan"] });
  }),
};

const onListen = () => console.log(`Deno at http://${hostname}:${port}`);
Deno.serve({ hostname, port, onListen }, (request) => {
  const route = routes[new URL(request.url).pathname];
  return route ? route(request) : Response.json({ message: "Not found" }, { status: 404 });
});
Deno.addSignalListener("SIGTERM", () => Deno.exit());
