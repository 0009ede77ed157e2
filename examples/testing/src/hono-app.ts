// The API with Hono, as it runs on any fetch runtime.
import { type Guard, permission } from "gatewarden";
import { protect } from "gatewarden/hono";
import { Hono } from "hono";

/** The whole application: `export default buildApp(guard)` serves it. */
export function buildApp(guard: Guard): Hono {
  const app = new Hono();
  app.get("/api/me", protect(guard), (context) => context.json({ user: context.var.auth.subject }));
  app.get("/api/orders", protect(guard, permission("read:orders")), (context) => {
    return context.json({ orders: ["A-1", "A-2"] });
  });
  return app;
}
