// The health check, for load balancers and orchestrators. It asks for no token and tells nothing but one word.
import type { FastifyInstance } from "fastify";
import type { Guard } from "gatewarden";
import { healthSchema } from "./schemas.js";

/** Adds `GET /healthz`: 200 `ok`, or 503 `degraded` while no keys are at hand. It is a readiness check: restarting would not help. */
export function addHealthRoute<Claims>(app: FastifyInstance, guard: Guard<Claims>): void {
  const schema = { summary: "Can this API check access tokens?", response: { 200: healthSchema, 503: healthSchema } };
  app.get("/healthz", { auth: false, schema }, async (request, reply) => {
    reply.header("cache-control", "no-store");
    try {
      await guard.ready();
      return { status: "ok" };
    } catch (error) {
      request.log.warn({ cause: error instanceof Error ? error.message : undefined }, "keys are not available");
      return reply.code(503).send({ status: "degraded" });
    }
  });
}
