// A protected API with Elysia on Bun. Whose tokens it accepts is in the environment; Bun reads `.env`.
import { cors } from "@elysiajs/cors";
import { Elysia } from "elysia";
import { createGuard, permission } from "gatewarden";
import { createMacro } from "gatewarden/elysia";

const hostname = process.env["HOST"] || "127.0.0.1";
const port = Number(process.env["PORT"] || 3000);
const origin = (process.env["CORS_ORIGINS"] ?? "").split(/[\s,]+/).filter(Boolean);

const app = new Elysia()
  // Before any check: a preflight carries no token.
  .use(cors({ origin, allowedHeaders: ["Authorization"], exposeHeaders: ["WWW-Authenticate"], credentials: false }))
  .macro(createMacro(createGuard()))
  .get("/api/public", () => ({ message: "Public endpoint" }))
  .get("/api/private", ({ auth }) => ({ message: "Private endpoint", user_id: auth.subject }), { auth: true })
  .get("/api/admin", () => ({ message: "Admin endpoint" }), { auth: permission("read:admin") })
  .get(
    "/api/user",
    ({ auth: { subject, claims } }) => {
      const email = claims["https://gatewarden.local/email"];
      return { subject, email, plan: claims["https://gatewarden.local/plan"] };
    },
    { auth: true },
  )
  .listen({ hostname, port }, () => console.log(`Elysia at http://${hostname}:${port}`));

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => app.stop());
