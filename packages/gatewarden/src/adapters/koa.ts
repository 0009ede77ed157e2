// Koa: `protect(guard, requirement?)` is a middleware; its result is `ctx.state.auth`.
import type { Context, Middleware } from "koa";
import { AuthError, type Guard, isPreflight, type Requirement } from "../index.js";
import { passOn, setHeaders, toGuardRequest } from "./_node.js";
import { type AuthFor, createNeedCheck, type NeedArgument, type NeedOptions } from "./_protect.js";

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
  const check = createNeedCheck(guard, need, ["onRefusal"]);
  const onRefusal = (need[0] as ProtectOptions | undefined)?.onRefusal;
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
