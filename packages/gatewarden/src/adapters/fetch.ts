// Request → Response: Workers, Deno, Bun, Next.js route handlers, SvelteKit, Remix, Astro, and
// everything that uses fetch.
import type { Endpoint } from "../endpoint/endpoint.js";
import {
  type Auth,
  AuthError,
  type Awaitable,
  type Guard,
  isPreflight,
  type Outcome,
  type Requirement,
} from "../index.js";
import { exposedHeaders, toExposed } from "./_exposed.js";
import { toFetchGuardRequest, toResponse } from "./_fetch.js";
import {
  type AuthFor,
  createNeedCheck,
  type NeedOptions,
  requireDefaults,
  requireHandler,
  requireOnRefusal,
} from "./_protect.js";
import { type EndpointFetchRequest, serveFetch } from "./_serve-fetch.js";
import { createSignal } from "./_signal.js";

export { type CacheFetchOptions, createCacheFetch, type KeyCache } from "./_cache-fetch.js";

/**
 * What is read of a request. Besides `Request`, the `HttpRequest` of Azure Functions has it.
 */
export interface FetchRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
}

/** What a handler needs, and how it answers when it is refused. */
export interface ProtectOptions extends NeedOptions {
  /**
   * Creates the answer to a refused request. `response` is the JSON answer, with status and
   * challenge.
   */
  readonly onRefusal?: (error: AuthError, response: Response, request: Request) => Awaitable<Response>;
}

/**
 * A handler behind the check. Further arguments of the host (`env`, `ctx`, route parameters) follow
 * `auth`.
 */
export type ProtectedHandler<Claims, Wanted, Incoming extends FetchRequest, Rest extends readonly unknown[]> = (
  request: Incoming,
  auth: AuthFor<Claims, Wanted>,
  ...rest: Rest
) => Awaitable<Response>;

/** The handler that `protect` returns. */
export type FetchHandler<Incoming extends FetchRequest, Rest extends readonly unknown[]> = (
  request: Incoming,
  ...rest: Rest
) => Promise<Response>;

/**
 * A fetch handler that runs only for requests with a valid token:
 * `protect(guard, permission("read:admin"), (request, auth) => …)`. Refused requests are answered
 * with status, challenge and JSON. A CORS preflight is answered 204 without a token and without
 * running the handler: put your own CORS handling outside `protect`.
 */
export function protect<Claims, Incoming extends FetchRequest = Request, Rest extends readonly unknown[] = readonly []>(
  guard: Guard<Claims>,
  handler: ProtectedHandler<Claims, Requirement, Incoming, Rest>,
): FetchHandler<Incoming, Rest>;
export function protect<
  Claims,
  const Wanted extends Requirement | ProtectOptions,
  Incoming extends FetchRequest = Request,
  Rest extends readonly unknown[] = readonly [],
>(
  guard: Guard<Claims>,
  need: Wanted,
  handler: ProtectedHandler<Claims, Wanted, Incoming, Rest>,
): FetchHandler<Incoming, Rest>;
export function protect<Claims>(
  guard: Guard<Claims>,
  ...args: readonly [...unknown[], unknown]
): FetchHandler<Request, readonly unknown[]> {
  return createHandler(guard, args, undefined);
}

/** `protect` of one guard, with an `onRefusal` for all handlers. */
export interface GuardProtect<Claims> {
  <Incoming extends FetchRequest = Request, Rest extends readonly unknown[] = readonly []>(
    handler: ProtectedHandler<Claims, Requirement, Incoming, Rest>,
  ): FetchHandler<Incoming, Rest>;
  <
    const Wanted extends Requirement | ProtectOptions,
    Incoming extends FetchRequest = Request,
    Rest extends readonly unknown[] = readonly [],
  >(
    need: Wanted,
    handler: ProtectedHandler<Claims, Wanted, Incoming, Rest>,
  ): FetchHandler<Incoming, Rest>;
}

/**
 * `protect` without its first argument, and with the answer to refused requests set once:
 * `const protect = createProtect(guard, { onRefusal: (error, response) => … })`. A handler's own
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
): FetchHandler<Request, readonly unknown[]> {
  const handler = args.at(-1) as ProtectedHandler<Claims, NeedOptions, Request, readonly unknown[]>;
  requireHandler(handler);
  const check = createNeedCheck(guard, args.slice(0, -1), ["onRefusal"]);
  const onRefusal = requireOnRefusal(args.length > 1 ? args[0] : undefined, fallback);
  return async (request, ...rest) => {
    const guardRequest = toFetchGuardRequest(request);
    if (isPreflight(guardRequest)) return new Response(null, { status: 204 });
    const outcome: Outcome<Claims> = await check(guardRequest);
    if (!(outcome instanceof AuthError)) {
      return addHeaders(await handler(request, outcome, ...rest), guard.responseHeaders(guardRequest));
    }
    const response = toResponse(guard.refusal(outcome));
    return onRefusal ? onRefusal(outcome, response, request) : response;
  };
}

/**
 * A signal for a long-running answer, such as server-sent events. It aborts when the token expires
 * or is revoked (checked within a minute), with the `AuthError` as its reason. Nothing else ends
 * such an answer. `request` is the one that `auth` came with.
 */
export function createAuthSignal<Claims>(guard: Guard<Claims>, auth: Auth<Claims>, request: Request): AbortSignal {
  const { signal } = request;
  const terms = { guard, requirement: undefined, auth, guardRequest: toFetchGuardRequest(request) };
  return createSignal(terms, (close) => {
    if (signal.aborted) close();
    else signal.addEventListener("abort", close, { once: true });
  });
}

/**
 * Usually there are no headers. Responses of `fetch` and `Response.redirect` are immutable, and are
 * copied.
 */
function addHeaders(
  response: Response,
  headers: Readonly<Record<string, string>> | undefined,
  isCopy = false,
): Response {
  if (headers === undefined) return response;
  try {
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    response.headers.set(exposedHeaders, toExposed(response.headers.get(exposedHeaders), headers));
    return response;
  } catch (error) {
    if (isCopy) throw error;
    return addHeaders(new Response(response.body, response), headers, true);
  }
}

/**
 * A fetch handler for an endpoint of `gatewarden/logout` or `gatewarden/signals`: in Next.js
 * `export const POST = serveEndpoint(logout)`. It runs without `protect`: the endpoint itself
 * checks what its caller sends.
 */
export function serveEndpoint(endpoint: Endpoint): (request: EndpointFetchRequest) => Promise<Response> {
  return (request) => serveFetch(endpoint, request, {});
}
