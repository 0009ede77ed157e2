// Protected procedures with tRPC. Whose tokens they accept is in the environment.
import { existsSync } from "node:fs";
import { initTRPC } from "@trpc/server";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import cors from "cors";
import { createGuard, permission } from "gatewarden";
import { type AuthContext, createAuthContext, createResponseMeta, protect } from "gatewarden/trpc";

if (existsSync(".env")) process.loadEnvFile();
const host = process.env["HOST"] || "127.0.0.1";
const port = Number(process.env["PORT"] || 3000);
const origin = (process.env["CORS_ORIGINS"] ?? "").split(/[\s,]+/).filter(Boolean);

const guard = createGuard();
const { procedure, router } = initTRPC.context<AuthContext>().create();
const member = procedure.use(protect(guard));
const admin = procedure.use(protect(guard, permission("read:admin")));

const api = router({
  public: procedure.query(() => ({ message: "Public endpoint" })),
  private: member.query(({ ctx }) => ({ message: "Private endpoint", user_id: ctx.auth.subject })),
  admin: admin.query(() => ({ message: "Admin endpoint" })),
  user: member.query(({ ctx: { auth } }) => {
    const email = auth.claims["https://gatewarden.local/email"];
    return { subject: auth.subject, email, plan: auth.claims["https://gatewarden.local/plan"] };
  }),
});

/** For the client: `createTRPCClient<Api>(…)`. */
export type Api = typeof api;

const server = createHTTPServer({
  router: api,
  basePath: "/trpc/",
  middleware: cors({ origin, exposedHeaders: ["WWW-Authenticate"] }),
  createContext: ({ req }) => createAuthContext(req),
  responseMeta: createResponseMeta(guard),
});
server.listen(port, host, () => console.log(`tRPC at http://${host}:${port}/trpc`));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close());
