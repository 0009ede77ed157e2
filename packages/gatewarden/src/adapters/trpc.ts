// tRPC 11: `createAuthContext` keeps the request for the check; `protect` is a middleware that makes it and puts `auth` into the context.
import { TRPCError, type TRPCMiddlewareFunction } from "@trpc/server";
import { AuthError, type Guard, type GuardRequest, type Requirement } from "../index.js";
import { toFetchGuardRequest as fromRequest, toFetchHeaders } from "./_fetch.js";
import { type NodeRequest, toGuardRequest } from "./_node.js";
import { type AuthFor, createNeedCheck, type NeedArgument, type NeedOptions, readNeed } from "./_protect.js";

export type { NeedOptions };

/** What a tRPC context must hold for `protect`. */
export interface AuthContext {
  readonly guardRequest: GuardRequest;
}

/** What `protect` adds to the context. */
export interface AuthAdded<Found> {
  /** Facts from the verified token. Undefined where `optional` let an anonymous call pass. */
  readonly auth: Found;
}

/** The status and headers of an answer, as tRPC's `responseMeta` wants them. */
export interface ResponseMeta {
  readonly headers?: Headers;
}

const codes: Readonly<Record<number, TRPCError["code"]>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  503: "SERVICE_UNAVAILABLE",
};

/** The context that `protect` needs: `createContext: ({ req }) => ({ ...createAuthContext(req) })`. */
export function createAuthContext(request: Request | NodeRequest): AuthContext {
  return { guardRequest: "rawHeaders" in request ? toGuardRequest(request) : fromRequest(request) };
}

/**
 * A middleware that lets only calls with a valid token pass: `t.procedure.use(protect(guard, permission("read:admin")))`. A refusal is a
 * `TRPCError` (`UNAUTHORIZED`, `FORBIDDEN`, `BAD_REQUEST`, `SERVICE_UNAVAILABLE`) with the `AuthError` as its `cause`.
 * A subscription ends with such an error when its token expires, is revoked or loses what is needed (looked at within a minute).
 */
export function protect<Claims, const Wanted extends Requirement | NeedOptions = Requirement>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Wanted>
): TRPCMiddlewareFunction<AuthContext, unknown, object, AuthAdded<AuthFor<Claims, Wanted>>, unknown> {
  const check = createNeedCheck(guard, need);
  const { requirement } = readNeed(need);
  return async ({ ctx, next, type }) => {
    const { guardRequest } = ctx;
    const outcome = await check(guardRequest);
    if (outcome instanceof AuthError) throw toTrpcError(outcome);
    const result = await next({ ctx: { auth: outcome as AuthFor<Claims, Wanted> } });
    if (type !== "subscription" || !result.ok || outcome === undefined || !isStream(result.data)) return result;
    // Loaded with the first subscription.
    const stream = await import("./_stream.js");
    const terms = { guard, requirement, auth: outcome, guardRequest };
    const data = stream.endWithToken(result.data, terms, (ending) => {
      throw toTrpcError(stream.toEndError(ending));
    });
    return { ...result, data };
  };
}

function toTrpcError(error: AuthError): TRPCError {
  const code = codes[error.status] ?? "INTERNAL_SERVER_ERROR";
  return new TRPCError({ code, message: error.message, cause: error });
}

function isStream(data: unknown): data is AsyncIterable<unknown> {
  return typeof data === "object" && data !== null && Symbol.asyncIterator in data;
}

/** What tRPC tells `responseMeta` of the calls that were made. */
export interface AnsweredCalls {
  readonly errors: readonly TRPCError[];
  readonly ctx?: AuthContext | undefined;
}

/**
 * Puts challenge and `Retry-After` into the answer to a refused call, and the next DPoP nonce into that to an accepted one:
 * `responseMeta: createResponseMeta(guard)`.
 */
export function createResponseMeta(guard: Guard<unknown>): (answer: AnsweredCalls) => ResponseMeta {
  return ({ errors, ctx }) => {
    const refused = errors.map(({ cause }) => cause).find((cause) => cause instanceof AuthError);
    if (refused) return { headers: toFetchHeaders(guard.refusal(refused)) };
    const headers = ctx && guard.responseHeaders(ctx.guardRequest);
    return headers ? { headers: new Headers(headers) } : {};
  };
}
