// Koa: `protect(guard, requirement?)` is a middleware; its result is `ctx.state.auth`.
import type { Context, Middleware } from "koa";
import type { Endpoint } from "../endpoint/endpoint.js";
import { AuthError, type Guard, isPreflight, type Requirement } from "../index.js";
import { passOn, setHeaders, toGuardRequest } from "./_node.js";
import {
  type AuthFor,
  createNeedCheck,
  type NeedArgument,
  type NeedOptions,
  requireDefaults,
  requireOnRefusal,
} from "./_protect.js";
import { closeUnread, toEndpointRequest } from "./_serve-node.js";

/** What a route needs, and how it answers when it is refused. */
export interface ProtectOptions extends NeedOptions {
  /**
   * Answers a refused request instead of the JSON answer. Status and challenge are already set. It
   * may throw, for an outer middleware that catches or for Koa itself, which answers with status
   * and challenge: `onRefusal: (error) => { throw error; }`.
   */
  readonly onRefusal?: (error: AuthError, context: Context) => void | Promise<void>;
}

/** The state that `protect` adds to the context. */
export interface AuthState<Found> {
  /** Facts from the verified token. Undefined if `optional` admitted an anonymous request. */
  auth: Found;
}

/**
 * A middleware that passes only requests with a valid token:
 * `router.get("/admin", protect(guard, permission("read:admin")), handler)`. Put it before body
 * parsers. Refused requests are answered with status, challenge and JSON. A CORS preflight that
 * nothing answered before is answered 204: no handler runs for it.
 */
// The first signature types the parameters of an `onRefusal` that is written in place.
export function protect<Claims, const Wanted extends Requirement | ProtectOptions>(
  guard: Guard<Claims>,
  need: Wanted,
): Middleware<AuthState<AuthFor<Claims, Wanted>>>;
export function protect<Claims, const Wanted extends Requirement | ProtectOptions = Requirement>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Wanted>
): Middleware<AuthState<AuthFor<Claims, Wanted>>>;
export function protect<Claims, const Wanted extends Requirement | ProtectOptions = Requirement>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Wanted>
): Middleware<AuthState<AuthFor<Claims, Wanted>>> {
  return createKoaMiddleware(guard, need, undefined);
}

/** `protect` of one guard, with an `onRefusal` for all routes. */
export interface GuardProtect<Claims> {
  <const Wanted extends Requirement | ProtectOptions>(need: Wanted): Middleware<AuthState<AuthFor<Claims, Wanted>>>;
  <const Wanted extends Requirement | ProtectOptions = Requirement>(
    ...need: NeedArgument<Wanted>
  ): Middleware<AuthState<AuthFor<Claims, Wanted>>>;
}

/**
 * `protect` without its first argument, and with the answer to refused requests set once:
 * `const protect = createProtect(guard, { onRefusal: (error) => { throw error; } })`. A route's own
 * `onRefusal` wins.
 */
export function createProtect<Claims>(
  guard: Guard<Claims>,
  ...defaults: readonly [defaults?: Pick<ProtectOptions, "onRefusal">]
): GuardProtect<Claims> {
  const onRefusal = requireDefaults(guard, defaults);
  return <const Wanted extends Requirement | ProtectOptions>(...need: NeedArgument<Wanted>) =>
    createKoaMiddleware<Claims, Wanted>(guard, need, onRefusal);
}

function createKoaMiddleware<Claims, Wanted>(
  guard: Guard<Claims>,
  need: readonly unknown[],
  fallback: ProtectOptions["onRefusal"],
): Middleware<AuthState<AuthFor<Claims, Wanted>>> {
  const check = createNeedCheck(guard, need, ["onRefusal"]);
  const onRefusal = requireOnRefusal(need[0], fallback);
  return async (context, next) => {
    // Routers may cut `url`; the guard needs what the client sent.
    const guardRequest = toGuardRequest(context.req, context.originalUrl);
    if (isPreflight(guardRequest)) {
      context.status = 204;
      return;
    }
    const outcome = await check(guardRequest);
    if (!(outcome instanceof AuthError)) {
      context.state.auth = outcome as AuthFor<Claims, Wanted>;
      setHeaders(context.res, guard.responseHeaders(guardRequest));
      return next();
    }
    const refusal = guard.refusal(outcome);
    context.status = refusal.status;
    passOn(context.res, refusal, outcome);
    if (onRefusal) return onRefusal(outcome, context as unknown as Context);
    context.body = refusal.body;
  };
}

/**
 * Serves an endpoint of `gatewarden/logout` or `gatewarden/signals`:
 * `router.post("/backchannel-logout", serveEndpoint(logout))`. Put it before every `protect`: the
 * endpoint itself checks what its caller sends.
 */
export function serveEndpoint(endpoint: Endpoint): (context: Context) => Promise<void> {
  return async (context) => {
    // What a body parser has made of the body, if there is one.
    const { body: parsed } = context.request as { readonly body?: unknown };
    const { req, res, originalUrl } = context;
    const { status, headers, body } = await endpoint.handle(toEndpointRequest(req, originalUrl, parsed));
    context.status = status;
    for (const [name, value] of Object.entries(headers)) context.set(name, value as string | string[]);
    // Koa would turn an answer without a body into 204.
    context.body = status === 204 ? null : (body ?? "");
    if (headers["content-type"] === undefined) context.remove("content-type");
    closeUnread(req, res);
  };
}
