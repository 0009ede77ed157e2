// Connect, Polka and everything that calls `(request, response, next)`; also Express beside a
// library that declares its own `request.auth`, since no types are augmented here.
import type { Endpoint } from "../endpoint/endpoint.js";
import type { Auth, AuthError, Guard, Requirement } from "../index.js";
import { createMiddleware, type Next, type RoutedRequest } from "./_middleware.js";
import type { NodeRequest, NodeResponse } from "./_node.js";
import { type NeedArgument, type NeedOptions, requireDefaults } from "./_protect.js";
import { serveNode } from "./_serve-node.js";

export type { Next, NodeResponse, RoutedRequest };

/** What a route needs, and how it answers when it is refused. */
export interface ProtectOptions extends NeedOptions {
  /**
   * Answers a refused request instead of the JSON answer, or passes the error on. Status and
   * challenge are already set.
   */
  readonly onRefusal?: (error: AuthError, request: RoutedRequest, response: NodeResponse, next: Next) => void;
}

export type ConnectMiddleware = (request: RoutedRequest, response: NodeResponse, next: Next) => void;

const found = new WeakMap<object, { readonly guard: object; readonly auth: Auth<unknown> | undefined }>();

/**
 * A middleware that passes only requests with a valid token:
 * `app.use("/admin", protect(guard, permission("read:admin")))`. Handlers call
 * `readAuth(guard, request)`. Otherwise it behaves like `protect` of `gatewarden/express`.
 */
export function protect<Claims>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Requirement | ProtectOptions>
): ConnectMiddleware {
  return createMiddleware({ guard, need, keep: createKeep(guard) });
}

/** `protect` of one guard, with an `onRefusal` for all routes. */
export type GuardProtect = (...need: NeedArgument<Requirement | ProtectOptions>) => ConnectMiddleware;

/**
 * `protect` without its first argument, and with the answer to refused requests set once:
 * `createProtect(guard, { onRefusal: (error, request, response, next) => next(error) })`. A
 * route's own `onRefusal` wins.
 */
export function createProtect<Claims>(
  guard: Guard<Claims>,
  ...defaults: readonly [defaults?: Pick<ProtectOptions, "onRefusal">]
): GuardProtect {
  const onRefusal = requireDefaults(guard, defaults);
  return (...need) => createMiddleware({ guard, need, keep: createKeep(guard), onRefusal });
}

function createKeep<Claims>(guard: Guard<Claims>) {
  return (request: object, auth: Auth<Claims> | undefined): void => {
    found.set(request, { guard, auth });
  };
}

/**
 * Facts from the verified token, typed as the guard's `claims`. Undefined if `optional` admitted an
 * anonymous request, or if no `protect` of this guard ran before.
 */
export function readAuth<Claims>(guard: Guard<Claims>, request: object): Auth<Claims> | undefined {
  const known = found.get(request);
  return known?.guard === guard ? (known.auth as Auth<Claims> | undefined) : undefined;
}

/**
 * Serves an endpoint of `gatewarden/logout` or `gatewarden/signals`:
 * `app.use("/backchannel-logout", serveEndpoint(logout))`. Put it before every `protect`: the
 * endpoint itself checks what its caller sends.
 */
export function serveEndpoint(endpoint: Endpoint): (request: NodeRequest, response: NodeResponse) => void {
  return (request, response) => serveNode(endpoint, request, response);
}
