// A protected API with Hono. Whose tokens it accepts is in the environment.
import { existsSync } from "node:fs";
import { serve } from "@hono/node-server";
import { createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/hono";
import { Hono } from "hono";
import { cors } from "hono/cors";

if (existsSync(".env")) process.loadEnvFile();
const hostname = process.env["HOST"] || "127.0.0.1";
const port = Number(process.env["PORT"] || 3000);
const origin = (process.env["CORS_ORIGINS"] ?? "").split(/[\s,]+/).filter(Boolean);

const guard = createGuard();
const app = new Hono();
// Before any check: a preflight carries no token.
app.use(cors({ origin, exposeHeaders: ["WWW-Authenticate"] }));

app.get("/api/public", (c) => c.json({ message: "Public endpoint" }));

app.get("/api/private", protect(guard), (c) => {
  return c.json({ message: "Private endpoint", user_id: c.var.auth.subject });
});

app.get("/api/admin", protect(guard, permission("read:admin")), (c) => {
  return c.json({ message: "Admin endpoint" });
});

app.get("/api/user", protect(guard), (c) => {
  const { subject, claims } = c.var.auth;
  const email = claims["https://gatewarden.local/email"] as string | undefined;
  return c.json({ subject, email, plan: claims["https://gatewarden.local/plan"] as string | undefined });
});

const server = serve({ fetch: app.fetch, hostname, port }, () => console.log(`Hono at http://${hostname}:${port}`));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close());
