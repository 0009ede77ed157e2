// The health check, for load balancers and orchestrators. It asks for no token and tells nothing but its state.
import type { FastifyInstance } from "fastify";
import type { Guard } from "gatewarden";
import { healthSchema } from "./schemas.js";

/**
 * Adds `GET /healthz`: 200 while tokens can be checked, `degraded` if something fails beside it; 503 `not ready` while no keys are at hand. It
 * is a readiness check: restarting would not help.
 */
export function addHealthRoute<Claims>(app: FastifyInstance, guard: Guard<Claims>): void {
  const schema = {
    tags: ["operations"],
    summary: "Can this API check access tokens?",
    response: { 200: healthSchema, 503: healthSchema },
  };
  app.get("/healthz", { auth: false, schema }, async (request, reply) => {
    const { status, reasons } = await guard.health();
    // Reasons name addresses of this side's network, so they are for the log alone.
    if (status !== "ready") request.log.warn({ health: status, reasons }, "access tokens");
    reply.header("cache-control", "no-store");
    return reply.code(status === "not ready" ? 503 : 200).send({ status });
  });
}
