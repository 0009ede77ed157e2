// A protected API with Express. Whose tokens it accepts is in the environment.
import { existsSync } from "node:fs";
import cors from "cors";
import express from "express";
import { createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/express";

if (existsSync(".env")) process.loadEnvFile();
const host = process.env["HOST"] || "127.0.0.1";
const port = Number(process.env["PORT"] || 3000);
const origin = (process.env["CORS_ORIGINS"] ?? "").split(/[\s,]+/).filter(Boolean);

const guard = createGuard();
const app = express();
// Before any check: a preflight carries no token.
app.use(cors({ origin, exposedHeaders: ["WWW-Authenticate"] }));

app.get("/api/public", (_request, response) => {
  response.json({ message: "Public endpoint" });
});

app.get("/api/private", protect(guard), ({ auth }, response) => {
  response.json({ message: "Private endpoint", user_id: auth.subject });
});

app.get("/api/admin", protect(guard, permission("read:admin")), (_request, response) => {
  response.json({ message: "Admin endpoint" });
});

app.get("/api/user", protect(guard), ({ auth: { subject, claims } }, response) => {
  const email = claims["https://gatewarden.local/email"];
  response.json({ subject, email, plan: claims["https://gatewarden.local/plan"] });
});

const server = app.listen(port, host, () => console.log(`Express at http://${host}:${port}`));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close());
