// AWS Lambda: a handler for events of API Gateway, function URLs and Application Load Balancers. It
// runs only for requests with a valid token.
import type { Endpoint } from "../endpoint/endpoint.js";
import {
  AuthError,
  type Awaitable,
  ConfigError,
  type Guard,
  isPreflight,
  type Outcome,
  type Requirement,
} from "../index.js";
import { type LambdaEvent, requireShape, toLambdaRequest } from "./_lambda-event.js";
import { readEventBody } from "./_lambda-event-body.js";
import {
  addResultHeaders,
  type RefusalResult,
  toEndpointResult,
  toNoContent,
  toRefusalResult,
} from "./_lambda-result.js";
import {
  type AuthFor,
  createNeedCheck,
  type NeedOptions,
  requireDefaults,
  requireHandler,
  requireOnRefusal,
} from "./_protect.js";

export type { LambdaEvent, RefusalResult };

/** What a handler needs, how it answers when it is refused, and where it is reached. */
export interface ProtectOptions extends NeedOptions {
  /**
   * Creates the answer to a refused request. `result` is the JSON answer in the shape of the event,
   * with status and challenge.
   */
  readonly onRefusal?: (error: AuthError, result: RefusalResult, event: LambdaEvent) => Awaitable<RefusalResult>;
  /**
   * What an API mapping of a custom domain puts before the path, such as `/orders`. Format 2.0 does
   * not tell it, and the URL in a DPoP proof contains it. Default: nothing.
   */
  readonly basePath?: string;
}

/** A handler behind the check. `context` is Lambda's own. */
export type ProtectedHandler<Claims, Wanted, Event extends LambdaEvent, Context, Result> = (
  event: Event,
  auth: AuthFor<Claims, Wanted>,
  context: Context,
) => Awaitable<Result>;

/** The handler that `protect` returns. */
export type LambdaHandler<Event extends LambdaEvent, Context, Result> = (
  event: Event,
  context: Context,
) => Promise<Result | RefusalResult>;

/**
 * A Lambda handler that runs only for requests with a valid token:
 * `export const handler = protect(guard, permission("read:admin"), async (event, auth) => …)`.
 * Refused requests are answered with status, challenge and JSON, in the shape of the event. A CORS
 * preflight that nothing answered before is answered 204: the handler does not run for it. An event
 * that is no HTTP request is rejected with `ConfigError`.
 */
export function protect<Claims, Event extends LambdaEvent, Context, Result>(
  guard: Guard<Claims>,
  handler: ProtectedHandler<Claims, Requirement, Event, Context, Result>,
): LambdaHandler<Event, Context, Result>;
export function protect<
  Claims,
  const Wanted extends Requirement | ProtectOptions,
  Event extends LambdaEvent,
  Context,
  Result,
>(
  guard: Guard<Claims>,
  need: Wanted,
  handler: ProtectedHandler<Claims, Wanted, Event, Context, Result>,
): LambdaHandler<Event, Context, Result>;
export function protect<Claims>(
  guard: Guard<Claims>,
  ...args: readonly [...unknown[], unknown]
): LambdaHandler<LambdaEvent, unknown, unknown> {
  return createHandler(guard, args, undefined);
}

/** `protect` of one guard, with an `onRefusal` for all handlers. */
export interface GuardProtect<Claims> {
  <Event extends LambdaEvent, Context, Result>(
    handler: ProtectedHandler<Claims, Requirement, Event, Context, Result>,
  ): LambdaHandler<Event, Context, Result>;
  <const Wanted extends Requirement | ProtectOptions, Event extends LambdaEvent, Context, Result>(
    need: Wanted,
    handler: ProtectedHandler<Claims, Wanted, Event, Context, Result>,
  ): LambdaHandler<Event, Context, Result>;
}

/**
 * `protect` without its first argument, and with the answer to refused requests set once:
 * `const protect = createProtect(guard, { onRefusal: (error, result) => … })`. A handler's own
 * `onRefusal` wins.
 */
export function createProtect<Claims>(
  guard: Guard<Claims>,
  ...defaults: readonly [defaults?: Pick<ProtectOptions, "onRefusal">]
): GuardProtect<Claims> {
  const onRefusal = requireDefaults(guard, defaults);
  return ((...args: readonly unknown[]) => createHandler(guard, args, onRefusal)) as GuardProtect<Claims>;
}

function createHandler<Claims>(
  guard: Guard<Claims>,
  args: readonly unknown[],
  fallback: ProtectOptions["onRefusal"],
): LambdaHandler<LambdaEvent, unknown, unknown> {
  const handler = args.at(-1) as ProtectedHandler<Claims, NeedOptions, LambdaEvent, unknown, unknown>;
  requireHandler(handler);
  const check = createNeedCheck(guard, args.slice(0, -1), ["onRefusal", "basePath"]);
  const need = args.length > 1 ? args[0] : undefined;
  const onRefusal = requireOnRefusal(need, fallback);
  const prefix = requireBasePath((need as ProtectOptions | undefined)?.basePath);
  return async (event, context) => {
    const shape = requireShape(event);
    const guardRequest = toLambdaRequest(event, shape, prefix);
    if (isPreflight(guardRequest)) return toNoContent(shape);
    const outcome: Outcome<Claims> = await check(guardRequest);
    if (!(outcome instanceof AuthError)) {
      return addResultHeaders(shape, await handler(event, outcome, context), guard.responseHeaders(guardRequest));
    }
    const result = toRefusalResult(shape, guard.refusal(outcome));
    return onRefusal ? onRefusal(outcome, result, event) : result;
  };
}

/** Throws `ConfigError` for what cannot stand before a path. */
function requireBasePath(basePath: unknown): string {
  if (basePath === undefined) return "";
  if (typeof basePath === "string" && /^(\/[\w.~-]+)+$/.test(basePath)) return basePath;
  const problem = "must begin with a slash and not end with one";
  throw new ConfigError({ option: "basePath", problem, example: 'basePath: "/orders"' });
}

/**
 * A Lambda handler for an endpoint of `gatewarden/logout` or `gatewarden/signals`:
 * `export const handler = serveEndpoint(logout)`, for a function or route of its own. It runs
 * without `protect` and without an authorizer: the endpoint itself checks what its caller sends.
 */
export function serveEndpoint(endpoint: Endpoint): (event: LambdaEvent) => Promise<RefusalResult> {
  return async (event) => {
    const shape = requireShape(event);
    const readBody = async (maxBytes: number) => readEventBody(event, maxBytes);
    const { status, headers, body } = await endpoint.handle({
      guardRequest: toLambdaRequest(event, shape, ""),
      readBody,
    });
    return toEndpointResult(shape, { status, headers, body: body ?? "" });
  };
}
