// Fastify: not-found handlers may serve content (a single-page application, another server), so
// they are checked like routes.
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Guard } from "../index.js";
import { createRouteCheck, type RouteCheck } from "./_fastify-check.js";
import type { CheckedNeed } from "./_protect.js";

/**
 * Checks requests that reach a not-found handler: unknown paths before their body is read, and
 * requests passed by `reply.callNotFound()`.
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
  // `preHandler` is the earliest hook of the not-found handler that `callNotFound` runs.
  app.addHook("preHandler", checkOnce);
}

/**
 * Fastify's own not-found handler only repeats method and path, so it may answer 404 without a
 * token. Handlers of applications are bound functions, whose names begin with "bound". If Fastify
 * renames its own handler, a token is required (fail closed).
 */
function isOwnAnswer(request: FastifyRequest): boolean {
  return request.routeOptions.handler.name === "basic404";
}
