// The endpoints, and what each of them needs.
import { type Guard, permission } from "gatewarden";
import { protect } from "gatewarden/hono";
import { Hono } from "hono";

/** Not listening yet. */
export function createApp(guard: Guard): Hono {
  const app = new Hono();

  app.get("/api/public", (c) => c.json({ message: "For everyone" }));

  app.get("/api/private", protect(guard), (c) => c.json({ message: "For you", user: c.var.auth.subject }));

  app.get("/api/admin", protect(guard, permission("read:admin")), (c) => c.json({ message: "For administrators" }));

  return app;
}
