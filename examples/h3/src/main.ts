// A protected API with h3. Whose tokens it accepts is in the environment.
import { existsSync } from "node:fs";
import { createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/h3";
import { H3, handleCors, serve } from "h3";

if (existsSync(".env")) process.loadEnvFile();
const hostname = process.env["HOST"] || "127.0.0.1";
const port = Number(process.env["PORT"] || 3000);
const origin = (process.env["CORS_ORIGINS"] ?? "").split(/[\s,]+/).filter(Boolean);

const guard = createGuard();
const member = { middleware: [protect(guard)] };
const admin = { middleware: [protect(guard, permission("read:admin"))] };

const app = new H3();
// Before any check: a preflight carries no token.
app.use((event) => handleCors(event, { origin, exposeHeaders: ["WWW-Authenticate"] }) || undefined);

app.get("/api/public", () => ({ message: "Public endpoint" }));

app.get("/api/private", ({ context }) => ({ message: "Private endpoint", user_id: context.auth.subject }), member);

app.get("/api/admin", () => ({ message: "Admin endpoint" }), admin);

app.get(
  "/api/user",
  ({ context: { auth } }) => {
    const email = auth.claims["https://gatewarden.local/email"];
    return { subject: auth.subject, email, plan: auth.claims["https://gatewarden.local/plan"] };
  },
  member,
);

await serve(app, { hostname, port, silent: true }).ready();
console.log(`h3 at http://${hostname}:${port}`);
