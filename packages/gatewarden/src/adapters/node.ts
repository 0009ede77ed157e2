// Plain node:http, node:https and node:http2.
import type { Endpoint } from "../endpoint/endpoint.js";
import {
  type Auth,
  AuthError,
  type Guard,
  type GuardRequest,
  isPreflight,
  type Outcome,
  type Requirement,
} from "../index.js";
import {
  answerFailure,
  type NodeRequest,
  type NodeResponse,
  passOn,
  sendNoContent,
  sendRefusal,
  setHeaders,
  toGuardRequest,
} from "./_node.js";
import {
  type AuthFor,
  createNeedCheck,
  type NeedOptions,
  requireDefaults,
  requireHandler,
  requireOnRefusal,
} from "./_protect.js";
import { serveNode } from "./_serve-node.js";
import { createNodeSignal } from "./_signal.js";

export type { NodeRequest, NodeResponse };

/** What a handler needs, and how it answers when it is refused. */
export interface ProtectOptions<
  Incoming extends NodeRequest = NodeRequest,
  Outgoing extends NodeResponse = NodeResponse,
> extends NeedOptions {
  /** Answers a refused request instead of the JSON answer. Status and challenge are already set. */
  readonly onRefusal?: (error: AuthError, request: Incoming, response: Outgoing) => void;
}

/** A handler behind the check. */
export type ProtectedHandler<Claims, Wanted, Incoming extends NodeRequest, Outgoing extends NodeResponse> = (
  request: Incoming,
  response: Outgoing,
  auth: AuthFor<Claims, Wanted>,
) => unknown;

/** The listener that `createServer` takes. */
export type NodeListener<Incoming extends NodeRequest, Outgoing extends NodeResponse> = (
  request: Incoming,
  response: Outgoing,
) => void;

/**
 * A request listener whose handler runs only for requests with a valid token:
 * `createServer(protect(guard, (request, response, auth) => …))`. Refused requests are answered
 * with status, challenge and JSON, before the body is read. A CORS preflight is answered 204
 * without a token and without running the handler.
 */
export function protect<Claims, Incoming extends NodeRequest, Outgoing extends NodeResponse>(
  guard: Guard<Claims>,
  handler: ProtectedHandler<Claims, Requirement, Incoming, Outgoing>,
): NodeListener<Incoming, Outgoing>;
export function protect<
  Claims,
  const Wanted extends Requirement | ProtectOptions<Incoming, Outgoing>,
  Incoming extends NodeRequest,
  Outgoing extends NodeResponse,
>(
  guard: Guard<Claims>,
  need: Wanted,
  handler: ProtectedHandler<Claims, Wanted, Incoming, Outgoing>,
): NodeListener<Incoming, Outgoing>;
export function protect<Claims>(
  guard: Guard<Claims>,
  ...args: readonly [...unknown[], unknown]
): NodeListener<NodeRequest, NodeResponse> {
  return createListener(guard, args, undefined);
}

/** `protect` of one guard, with an `onRefusal` for all handlers. */
export interface GuardProtect<Claims> {
  <Incoming extends NodeRequest, Outgoing extends NodeResponse>(
    handler: ProtectedHandler<Claims, Requirement, Incoming, Outgoing>,
  ): NodeListener<Incoming, Outgoing>;
  <
    const Wanted extends Requirement | ProtectOptions<Incoming, Outgoing>,
    Incoming extends NodeRequest,
    Outgoing extends NodeResponse,
  >(
    need: Wanted,
    handler: ProtectedHandler<Claims, Wanted, Incoming, Outgoing>,
  ): NodeListener<Incoming, Outgoing>;
}

/**
 * `protect` without its first argument, and with the answer to refused requests set once:
 * `const protect = createProtect(guard, { onRefusal: (error, request, response) => … })`. A
 * handler's own `onRefusal` wins.
 */
export function createProtect<Claims>(
  guard: Guard<Claims>,
  ...defaults: readonly [defaults?: Pick<ProtectOptions, "onRefusal">]
): GuardProtect<Claims> {
  const onRefusal = requireDefaults(guard, defaults);
  return ((...args: readonly unknown[]) => createListener(guard, args, onRefusal)) as GuardProtect<Claims>;
}

function createListener<Claims>(
  guard: Guard<Claims>,
  args: readonly unknown[],
  fallback: ProtectOptions["onRefusal"],
): NodeListener<NodeRequest, NodeResponse> {
  const handler = args.at(-1) as ProtectedHandler<Claims, NeedOptions, NodeRequest, NodeResponse>;
  requireHandler(handler);
  const check = createNeedCheck(guard, args.slice(0, -1), ["onRefusal"]);
  const onRefusal = requireOnRefusal(args.length > 1 ? args[0] : undefined, fallback);
  const settle = (
    outcome: Outcome<Claims>,
    guardRequest: GuardRequest,
    { request, response }: NodeExchange,
  ): unknown => {
    if (!(outcome instanceof AuthError)) {
      setHeaders(response, guard.responseHeaders(guardRequest));
      return handler(request, response, outcome);
    }
    // Something else, such as a time limit, answered while the guard was waiting.
    if (response.headersSent) return undefined;
    if (!onRefusal) return sendRefusal(response, guard.refusal(outcome));
    passOn(response, guard.refusal(outcome), outcome);
    return onRefusal(outcome, request, response);
  };
  return (request, response) => {
    const fail = (error: unknown) => answerFailure(response, error);
    try {
      const guardRequest = toGuardRequest(request);
      if (isPreflight(guardRequest)) return sendNoContent(response);
      const outcome = check(guardRequest);
      const answering =
        outcome instanceof Promise
          ? outcome.then((later) => settle(later, guardRequest, { request, response }))
          : settle(outcome, guardRequest, { request, response });
      return answering instanceof Promise ? answering.catch(fail) : answering;
    } catch (error) {
      return fail(error);
    }
  };
}

/**
 * A signal for a long-running answer, such as server-sent events: it aborts, with the `AuthError`
 * as its reason, when the token expires or is revoked (checked within a minute). Nothing else ends
 * such an answer. `response` answers the request that `auth` came with: Express's `response`,
 * Fastify's `reply.raw`, Koa's `context.res`.
 */
export function createAuthSignal<Claims>(
  guard: Guard<Claims>,
  auth: Auth<Claims>,
  response: NodeResponse,
): AbortSignal {
  return createNodeSignal({ guard, requirement: undefined, auth }, response);
}

/** A request and its response. */
interface NodeExchange {
  readonly request: NodeRequest;
  readonly response: NodeResponse;
}

/**
 * A request listener for an endpoint of `gatewarden/logout` or `gatewarden/signals`:
 * `createServer(serveEndpoint(logout))`, or called for one path of a larger listener. It runs
 * without `protect`: the endpoint itself checks what its caller sends.
 */
export function serveEndpoint(endpoint: Endpoint): NodeListener<NodeRequest, NodeResponse> {
  return (request, response) => serveNode(endpoint, request, response);
}
