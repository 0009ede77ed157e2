// A protected API with Koa. Whose tokens it accepts is in the environment.
import { existsSync } from "node:fs";
import cors from "@koa/cors";
import Router from "@koa/router";
import { createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/koa";
import Koa from "koa";

if (existsSync(".env")) process.loadEnvFile();
const host = process.env["HOST"] || "127.0.0.1";
const port = Number(process.env["PORT"] || 3000);
const origins = (process.env["CORS_ORIGINS"] ?? "").split(/[\s,]+/).filter(Boolean);

const guard = createGuard();
const router = new Router({ prefix: "/api" });

router.get("/public", (context) => {
  context.body = { message: "Public endpoint" };
});

router.get("/private", protect(guard), (context) => {
  context.body = { message: "Private endpoint", user_id: context.state.auth.subject };
});

router.get("/admin", protect(guard, permission("read:admin")), (context) => {
  context.body = { message: "Admin endpoint" };
});

router.get("/user", protect(guard), (context) => {
  const { subject, claims } = context.state.auth;
  const email = claims["https://gatewarden.local/email"];
  context.body = { subject, email, plan: claims["https://gatewarden.local/plan"] };
});

const app = new Koa();
// Before any check: a preflight carries no token.
const allow = (context: Koa.Context) => origins.find((one) => one === context.get("Origin")) ?? "";
app.use(cors({ origin: allow, exposeHeaders: ["WWW-Authenticate"] }));
app.use(router.routes());

const server = app.listen(port, host, () => console.log(`Koa at http://${host}:${port}`));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close());
