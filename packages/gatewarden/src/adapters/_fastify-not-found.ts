// Fastify: not-found handlers serve what no route does (a single-page application, another server),
// so they are checked as routes are.
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Guard } from "../index.js";
import { createRouteCheck, type RouteCheck } from "./_fastify-check.js";
import type { CheckedNeed } from "./_protect.js";

/**
 * Checks what reaches a not-found handler: unknown paths before their body is read, and what
 * `reply.callNotFound()` hands on.
 */
export function protectNotFound(app: FastifyInstance, guard: Guard<unknown>, need: CheckedNeed): void {
  const check = createRouteCheck(guard, need);
  const admitted = new WeakSet<FastifyRequest>();
  const checkOnce: RouteCheck = (request, reply, done) => {
    if (!request.is404 || admitted.has(request) || isOwnAnswer(request)) return done();
    check(request, reply, (error) => {
      if (error === undefined) admitted.add(request);
      done(error);
    });
  };
  app.addHook("onRequest", checkOnce);
  // `callNotFound` runs no earlier hook of the not-found handler than this.
  app.addHook("preHandler", checkOnce);
}

/**
 * Fastify's own not-found handler tells method and path, which the client knows, so it answers 404
 * without a token. Those of applications are bound functions, whose names begin with "bound".
 * Should Fastify rename its own, a token is asked for.
 */
function isOwnAnswer(request: FastifyRequest): boolean {
  return request.routeOptions.handler.name === "basic404";
}
