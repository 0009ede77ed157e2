// The endpoints, and what each of them needs.
import Fastify, { type FastifyInstance } from "fastify";
import { type Guard, permission } from "gatewarden";
import gatewarden from "gatewarden/fastify";

/** Not listening yet. */
export async function createApp(guard: Guard): Promise<FastifyInstance> {
  const app = Fastify();
  await app.register(gatewarden, { guard });

  app.get("/api/public", async () => ({ message: "For everyone" }));

  app.get("/api/private", { auth: true }, async ({ auth }) => ({ message: "For you", user: auth.subject }));

  app.get("/api/admin", { auth: permission("read:admin") }, async () => ({ message: "For administrators" }));

  return app;
}
