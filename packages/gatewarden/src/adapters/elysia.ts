// Elysia: `.macro(createMacro(guard))` adds the route options `auth` and `optionalAuth`, and a
// typed `auth` for their handlers.
import { type Context, status } from "elysia";
import {
  type Auth,
  AuthError,
  type Guard,
  type GuardRequest,
  isPreflight,
  type Outcome,
  type Refusal,
  type Requirement,
} from "../index.js";
import { exposedHeaders, toExposed } from "./_exposed.js";
import { toFetchGuardRequest, toResponse } from "./_fetch.js";
import { createNeedCheck, type NeedOptions } from "./_protect.js";

/**
 * What `onError` receives for a refused request. The `AuthError` is its `cause`. If `onError` does
 * not answer, `toResponse` does.
 */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  override readonly cause: AuthError;
  readonly status: number;
  readonly toResponse: () => Response;

  constructor(cause: AuthError, toResponse: () => Response) {
    super(cause.message);
    this.cause = cause;
    this.status = cause.status;
    this.toResponse = toResponse;
  }
}

/** What a route needs: a valid token, or a requirement besides. */
export type RouteNeed = true | Requirement;

/** The hooks of a route option. They add `auth` to the handler's context. */
export interface RouteHook<Found> {
  readonly introspect: (route: RouteBody) => void;
  readonly transform: (context: ElysiaContext) => Promise<undefined>;
  readonly resolve: (context: ElysiaContext) => Promise<{ auth: Found }>;
}

/** A route's body: a schema, or how to parse it. */
export interface RouteBody {
  readonly body?: unknown;
  parse?: unknown;
}

type ElysiaContext = Pick<Context, "request" | "set">;

/**
 * The route options that `createMacro` creates. A type and not an interface: Elysia requires an
 * index signature, which only a type has implicitly.
 */
export type AuthMacro<Claims> = {
  /** The route needs a valid token that meets the requirement. */
  readonly auth: (need: RouteNeed) => RouteHook<Auth<Claims>>;
  /**
   * The route may be called without a token: `auth` is then undefined. An invalid token is still
   * refused.
   */
  readonly optionalAuth: (need: RouteNeed) => RouteHook<Auth<Claims> | undefined>;
};

/**
 * Route options for `new Elysia().macro(createMacro(guard))`:
 * `.get("/admin", ({ auth }) => auth.subject, { auth: permission("read:admin") })`. A refusal is a
 * `RefusedError`. `onError` may answer it; otherwise it sends status, challenge and JSON. A CORS
 * preflight is answered 204 without a token and without running the handler.
 *
 * A route with a `body` schema or a `parse` option is refused before Elysia reads the body. If only
 * the source of the handler mentions `body`, Elysia parses it before any hook of the route, and the
 * refusal follows that.
 */
export function createMacro<Claims>(guard: Guard<Claims>): AuthMacro<Claims> {
  return {
    auth: (need) => createHook(guard, need === true ? [] : [need]) as RouteHook<Auth<Claims>>,
    optionalAuth: (need) =>
      createHook(guard, [{ optional: true, ...(need !== true && { requirement: need }) } satisfies NeedOptions]),
  };
}

function createHook<Claims>(guard: Guard<Claims>, needs: readonly unknown[]): RouteHook<Auth<Claims> | undefined> {
  const check = createNeedCheck(guard, needs);
  // Keyed by `set`, since each request has its own. The context itself cannot be the key: Elysia
  // reads the sources of hooks, and parses every part of a request if a hook passes its context on.
  const decisions = new WeakMap<object, DecidedRequest<Claims>>();

  async function decide({ request, set }: ElysiaContext): Promise<DecidedRequest<Claims>> {
    const guardRequest = toFetchGuardRequest(request);
    const outcome = isPreflight(guardRequest) ? ("preflight" as const) : await check(guardRequest);
    const decision: DecidedRequest<Claims> = { guardRequest, outcome };
    decisions.set(set, decision);
    return decision;
  }

  async function admit({ request, set }: ElysiaContext): Promise<Admitted<Claims>> {
    const known = decisions.get(set);
    const decision = known?.guardRequest.incoming === request ? known : await decide({ request, set });
    const { guardRequest, outcome } = decision;
    if (outcome instanceof AuthError) throw refuse(set, guard.refusal(outcome), outcome);
    return { guardRequest, outcome };
  }

  return {
    introspect: (route) => checkBeforeBody(route, decide),
    // Before validation, whose errors would show a stranger what the API expects.
    transform: async ({ request, set }) => {
      const { outcome } = await admit({ request, set });
      return outcome === "preflight" ? answerPreflight() : undefined;
    },
    resolve: async ({ request, set }) => {
      const { guardRequest, outcome } = await admit({ request, set });
      decisions.delete(set);
      if (outcome === "preflight") return answerPreflight();
      const added = guard.responseHeaders(guardRequest);
      if (added) expose(Object.assign(set.headers, added), added);
      return { auth: outcome };
    },
  };
}

interface DecidedRequest<Claims> {
  readonly guardRequest: GuardRequest;
  readonly outcome: Outcome<Claims> | "preflight";
}

interface Admitted<Claims> extends DecidedRequest<Claims> {
  readonly outcome: Auth<Claims> | undefined | "preflight";
}

/**
 * Elysia sends a status at once. It would give a 204 an empty text as its body, which `Response`
 * refuses on Node.js, so the response is created here.
 */
function answerPreflight(): never {
  return status(200, new Response(null, { status: 204 })) as never;
}

/**
 * Puts the check before the parsers of a route that declares a body. A parser cannot refuse (Elysia
 * turns what it throws into a 400), so it returns an empty body and the next hook refuses. Other
 * routes are left alone: a parser would make Elysia read their bodies.
 */
function checkBeforeBody(
  route: RouteBody,
  decide: (context: ElysiaContext) => Promise<{ readonly outcome: unknown }>,
): void {
  const parsers = [route.parse ?? []].flat();
  const isRaw = parsers.some((parser) => parser === "none" || (parser as { fn?: unknown }).fn === "none");
  if (isRaw || (parsers.length === 0 && route.body === undefined)) return;
  const first = async ({ request, set }: ElysiaContext, contentType: string) => {
    const { outcome } = await decide({ request, set });
    if (outcome === "preflight" || outcome instanceof AuthError) return {};
    // Beside another parser, Elysia's own parses only text/plain as text, and no other text type.
    const isText = parsers.length === 0 && contentType.startsWith("text/");
    return isText ? request.text() : undefined;
  };
  route.parse = [first, ...parsers];
}

/**
 * Sets the headers for an answer of `onError`, and repeats them in our own. Challenges are added to
 * those already set.
 */
function refuse({ headers }: Context["set"], refusal: Refusal, cause: AuthError): RefusedError {
  for (const [name, value] of Object.entries(refusal.headers)) {
    const earlier = name === "www-authenticate" ? (headers[name] ?? []) : [];
    headers[name] = [earlier, value].flat().join(", ");
  }
  expose(headers, refusal.headers);
  const own = [...Object.keys(refusal.headers), exposedHeaders].map((name): [string, string] => [
    name,
    String(headers[name]),
  ]);
  return new RefusedError(cause, () => toResponse(refusal, new Headers(own)));
}

/** Adds to what a CORS plugin has already set. */
function expose(headers: Context["set"]["headers"], added: Readonly<Record<string, unknown>>): void {
  headers[exposedHeaders] = toExposed(headers[exposedHeaders], added);
}
