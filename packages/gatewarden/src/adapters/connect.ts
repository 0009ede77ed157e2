// Connect, Polka and all that calls `(request, response, next)`; and Express beside a library that declares a `request.auth` of its own:
// nothing is added to anybody's types here.
import type { Auth, AuthError, Guard, Requirement } from "../index.js";
import { createMiddleware, type Next, type RoutedRequest } from "./_middleware.js";
import type { NodeResponse } from "./_node.js";
import type { NeedArgument, NeedOptions } from "./_protect.js";

export type { Next, NodeResponse, RoutedRequest };

/** What a route needs, and who answers when it is refused. */
export interface ProtectOptions extends NeedOptions {
  /** Answers a refused request, instead of the JSON answer, or hands the error on. Status and challenge are set already. */
  readonly onRefusal?: (error: AuthError, request: RoutedRequest, response: NodeResponse, next: Next) => void;
}

/** A middleware. */
export type ConnectMiddleware = (request: RoutedRequest, response: NodeResponse, next: Next) => void;

const found = new WeakMap<object, { readonly guard: object; readonly auth: Auth<unknown> | undefined }>();

/**
 * A middleware that lets only requests with a valid token pass: `app.use("/admin", protect(guard, permission("read:admin")))`. Handlers ask
 * `readAuth(guard, request)`. All else is as with `protect` of `gatewarden/express`.
 */
export function protect<Claims>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Requirement | ProtectOptions>
): ConnectMiddleware {
  return createMiddleware(guard, need, (request, auth) => found.set(request, { guard, auth }));
}

/**
 * Facts from the verified token, typed as the guard's `claims` are. Undefined where `optional` let an anonymous request pass, and where no
 * `protect` of this guard was before.
 */
export function readAuth<Claims>(guard: Guard<Claims>, request: object): Auth<Claims> | undefined {
  const known = found.get(request);
  return known?.guard === guard ? (known.auth as Auth<Claims> | undefined) : undefined;
}
