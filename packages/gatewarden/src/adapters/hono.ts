// Hono: `protect(guard, requirement?)` is a middleware; its result is `c.var.auth`, typed.
import type { Context, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Endpoint } from "../endpoint/endpoint.js";
import { AuthError, type Guard, isPreflight, type Refusal, type Requirement } from "../index.js";
import { exposedHeaders, toExposed } from "./_exposed.js";
import { toFetchGuardRequest, toResponse } from "./_fetch.js";
import type { NodeRequest } from "./_node.js";
import { type AuthFor, createNeedCheck, type NeedArgument, type NeedOptions } from "./_protect.js";
import { serveFetch } from "./_serve-fetch.js";

export type { NeedOptions };

/** The environment that `protect` adds to a route. */
export interface AuthEnv<Found> {
  Variables: {
    /** Facts from the verified token. Undefined if `optional` admitted an anonymous request. */
    auth: Found;
  };
}

/**
 * A middleware that passes only requests with a valid token:
 * `app.get("/admin", protect(guard, permission("read:admin")), handler)`. A refusal is an
 * `HTTPException` with the complete answer (status, challenge, JSON) and the `AuthError` as its
 * `cause`. Without an `onError` of the application, it is sent unchanged. A CORS preflight that
 * nothing answered before is answered 204: no handler runs for it.
 */
export function protect<Claims, const Wanted extends Requirement | NeedOptions = Requirement>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Wanted>
): MiddlewareHandler<AuthEnv<AuthFor<Claims, Wanted>>> {
  const check = createNeedCheck(guard, need);
  return async (context, next) => {
    const guardRequest = toFetchGuardRequest(context.req.raw, readSource(context));
    if (isPreflight(guardRequest)) return context.body(null, 204);
    const outcome = await check(guardRequest);
    if (outcome instanceof AuthError) throw refuse(context, guard.refusal(outcome), outcome);
    context.set("auth", outcome as AuthFor<Claims, Wanted>);
    // Set before the handler runs, so that a Response of the handler's own carries them too.
    const headers = guard.responseHeaders(guardRequest);
    for (const [name, value] of Object.entries(headers ?? {})) context.res.headers.set(name, value);
    if (headers) expose(context, headers);
    return next();
  };
}

/**
 * On Node.js, `@hono/node-server` keeps the original request here. It knows the client's address
 * and certificate.
 */
function readSource({ env }: Context): NodeRequest | undefined {
  const incoming: NodeRequest | undefined = env?.incoming;
  return incoming?.rawHeaders ? incoming : undefined;
}

/**
 * Also sets the headers on the context, so that they survive another answer of `onError`. Headers
 * already set stay.
 */
function refuse(context: Context, refusal: Refusal, cause: AuthError): HTTPException {
  for (const [name, value] of Object.entries(refusal.headers)) {
    for (const one of [value].flat()) context.header(name, one, { append: name === "www-authenticate" });
  }
  expose(context, refusal.headers);
  const res = toResponse(refusal, context.res.headers);
  return new HTTPException(cause.status as 401, { res, message: cause.message, cause });
}

/** Adds to what a CORS middleware has already set. */
function expose(context: Context, headers: Readonly<Record<string, unknown>>): void {
  context.header(exposedHeaders, toExposed(context.res.headers.get(exposedHeaders), headers));
}

/**
 * Serves an endpoint of `gatewarden/logout` or `gatewarden/signals`:
 * `app.post("/backchannel-logout", serveEndpoint(logout))`. Put it before every `protect`: the
 * endpoint itself checks what its caller sends.
 */
export function serveEndpoint(endpoint: Endpoint): (context: Context) => Promise<Response> {
  return (context) =>
    // A middleware may have read the body; Hono then still has it.
    serveFetch(endpoint, context.req.raw, { source: readSource(context), readText: () => context.req.text() });
}
