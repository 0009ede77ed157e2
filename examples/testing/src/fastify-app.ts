// The API with Fastify.
import Fastify, { type FastifyInstance } from "fastify";
import { type Guard, permission } from "gatewarden";
import gatewarden from "gatewarden/fastify";

/** Not listening yet. */
export async function buildApp(guard: Guard): Promise<FastifyInstance> {
  const app = Fastify();
  await app.register(gatewarden, { guard });
  app.get("/api/me", { auth: true }, async (request) => ({ user: request.auth.subject }));
  app.get("/api/orders", { auth: permission("read:orders") }, async () => ({ orders: ["A-1", "A-2"] }));
  return app;
}
