// The endpoints, and what each of them needs. Nothing here is of Node.js: a Worker, Deno or Bun runs
// it as it is.
import { type Guard, permission } from "gatewarden";
import { protect } from "gatewarden/fetch";

type Route = (request: Request) => Response | Promise<Response>;

/** Answers requests by their path. */
export function createApp(guard: Guard): { fetch(request: Request): Response | Promise<Response> } {
  const routes = new Map<string, Route>([
    ["/api/public", () => Response.json({ message: "For everyone" })],
    ["/api/private", protect(guard, (_request, auth) => Response.json({ message: "For you", user: auth.subject }))],
    ["/api/admin", protect(guard, permission("read:admin"), () => Response.json({ message: "For administrators" }))],
  ]);
  return {
    fetch(request) {
      const route = routes.get(new URL(request.url).pathname);
      return route ? route(request) : Response.json({ message: "Not found" }, { status: 404 });
    },
  };
}
