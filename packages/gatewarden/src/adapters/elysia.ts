// Elysia: `.macro(auth(guard))` gives routes the options `auth` and `optionalAuth`, and their handlers `auth`, typed.
import { type Context, status } from "elysia";
import { type Auth, AuthError, type Guard, isPreflight, type Refusal, type Requirement } from "../index.js";
import { toGuardRequest, toResponse } from "./_fetch.js";
import { createCheck, type NeedOptions } from "./_protect.js";

/** What `onError` gets for a refused request; the `AuthError` is its `cause`. Where `onError` does not answer, `toResponse` does. */
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

/** What a route says that it needs: a valid token, or a requirement besides. */
export type RouteNeed = true | Requirement;

/** What a route's option does: it adds `auth` to the handler's context. */
export interface RouteHook<Found> {
  readonly resolve: (context: Pick<Context, "request" | "set">) => Promise<{ auth: Found }>;
}

/** The route options that `createMacro` makes. A type and no interface: Elysia wants an index signature, which only a type has by itself. */
export type AuthMacro<Claims> = {
  /** The route needs a valid token, and what the requirement says. */
  readonly auth: (need: RouteNeed) => RouteHook<Auth<Claims>>;
  /** The route may be called without a token: `auth` is undefined then. An invalid token is refused all the same. */
  readonly optionalAuth: (need: RouteNeed) => RouteHook<Auth<Claims> | undefined>;
};

/**
 * Route options for `new Elysia().macro(createMacro(guard))`: `.get("/admin", ({ auth }) => auth.subject, { auth: permission("read:admin") })`.
 * A refusal is a `RefusedError`: `onError` may answer it, otherwise it answers itself with status, challenge and JSON. A CORS preflight is
 * answered 204 without asking for a token and without running the handler.
 */
export function createMacro<Claims>(guard: Guard<Claims>): AuthMacro<Claims> {
  return {
    auth: (need) => createHook(guard, need === true ? [] : [need]) as RouteHook<Auth<Claims>>,
    optionalAuth: (need) =>
      createHook(guard, [{ optional: true, ...(need !== true && { requirement: need }) } satisfies NeedOptions]),
  };
}

function createHook<Claims>(guard: Guard<Claims>, needs: readonly unknown[]): RouteHook<Auth<Claims> | undefined> {
  const check = createCheck(guard, needs);
  return {
    resolve: async ({ request, set }) => {
      const guardRequest = toGuardRequest(request);
      // Elysia sends what looks like an answer at once; the type knows of `auth` only.
      if (isPreflight(guardRequest)) return status(204) as never;
      const outcome = await check(guardRequest);
      if (outcome instanceof AuthError) throw refuse(set, guard.refusal(outcome), outcome);
      Object.assign(set.headers, guard.responseHeaders(guardRequest));
      return { auth: outcome };
    },
  };
}

/** The headers are set for the answer that `onError` may make, and repeated in our own; challenges stand beside those of others. */
function refuse({ headers }: Context["set"], refusal: Refusal, cause: AuthError): RefusedError {
  for (const [name, value] of Object.entries(refusal.headers)) {
    const earlier = name === "www-authenticate" ? (headers[name] ?? []) : [];
    headers[name] = [earlier, value].flat().join(", ");
  }
  const own = Object.keys(refusal.headers).map((name): [string, string] => [name, String(headers[name])]);
  return new RefusedError(cause, () => toResponse(refusal, new Headers(own)));
}
