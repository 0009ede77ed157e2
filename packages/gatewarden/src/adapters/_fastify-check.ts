// Fastify: reads the route option `auth` and makes the hook that checks it before the body is read.
import type { FastifyReply, FastifyRequest } from "fastify";
import { AuthError, type Explanation, type Guard, type GuardRequest, isPreflight, type Outcome } from "../index.js";
import { exposedHeaders, toExposed } from "./_exposed.js";
import type { RouteAuth } from "./_fastify-auth.js";
import { joinChallenges, toGuardRequest } from "./_node.js";
import { type CheckedNeed, createCheckOf, readNeed } from "./_protect.js";

/**
 * A hook for `onRequest` or `preHandler`. It continues, refuses with an error, or answers a
 * preflight itself.
 */
export type RouteCheck = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void;

/**
 * Reads the route option. Throws `ConfigError` at start-up for an invalid value, which would
 * protect nothing.
 */
export function requireRouteAuth(auth: RouteAuth): CheckedNeed {
  return readNeed(typeof auth === "boolean" ? [] : [auth]);
}

/** Synchronous whenever the guard is: no promise is created if the key is already cached. */
export function createRouteCheck(guard: Guard<unknown>, need: CheckedNeed): RouteCheck {
  const check = createCheckOf(guard, need);
  return (request, reply, done) => {
    const guardRequest = toGuardRequest(request.raw, request.originalUrl);
    // Any client can make an OPTIONS request a preflight with two headers, so it must not reach a
    // handler (CWE-862). CORS plugins have already answered theirs.
    if (isPreflight(guardRequest)) return replyNoContent(reply);
    const outcome = check(guardRequest);
    if (outcome instanceof Promise) outcome.then((later) => done(admit(later, guardRequest, reply)));
    else done(admit(outcome, guardRequest, reply));
  };

  /** Stores the facts for the route's handler, or returns the error to refuse with. */
  function admit(outcome: Outcome<unknown>, guardRequest: GuardRequest, reply: FastifyReply): AuthError | undefined {
    if (outcome instanceof AuthError) return refuse(reply, guard, outcome);
    (reply.request as { auth: unknown }).auth = outcome;
    const headers = guard.responseHeaders(guardRequest);
    if (headers) expose(reply.headers(headers), headers);
    return undefined;
  }
}

/**
 * Answers a preflight that no CORS plugin answered. Without CORS headers a browser takes it as a
 * "no".
 */
export function replyNoContent(reply: FastifyReply): void {
  reply.code(204).send();
}

/**
 * Adds the challenge to those already set: several challenges are several header values (RFC 9110
 * §11.6.1). Fastify's own error handler writes `error.headers` over them, so the error gets all of
 * them.
 */
function refuse(reply: FastifyReply, guard: Guard<unknown>, error: AuthError): AuthError {
  const { headers } = guard.refusal(error);
  const explanation = guard.explanation(error);
  if (explanation) {
    explanations.set(reply, explanation);
    reply.log.info({ reason: error.reason, ...explanation }, "request refused, explained");
  }
  for (const [name, value] of Object.entries(headers)) {
    if (name !== "www-authenticate") reply.header(name, value);
    else reply.header(name, joinChallenges(reply.getHeader(name), value));
  }
  expose(reply, headers);
  const names = [...Object.keys(headers), exposedHeaders];
  error.headers = Object.fromEntries(names.map((name) => [name, reply.getHeader(name) as string | string[]]));
  return error;
}

/** Adds to what a CORS plugin has already set. */
function expose(reply: FastifyReply, headers: Readonly<Record<string, unknown>>): void {
  reply.header(exposedHeaders, toExposed(reply.getHeader(exposedHeaders), headers));
}

const explanations = new WeakMap<FastifyReply, Explanation>();

/**
 * With `explain: "development"`: adds cause and fix to the application's own answer to the refusal,
 * if that is JSON.
 */
export function addExplanation(
  _request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: null, payload: unknown) => void,
): void {
  const explanation = explanations.get(reply);
  const body = explanation && typeof payload === "string" ? readObject(payload) : undefined;
  done(null, body ? JSON.stringify({ ...body, ...explanation }) : payload);
}

/** Parses an answer that is a JSON object. Undefined for a page, text or list. */
function readObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
