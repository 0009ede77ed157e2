// tRPC 11: `createAuthContext` keeps the request for the check; `protect` is a middleware that
// checks it and adds `auth` to the context.
import { TRPCError, type TRPCMiddlewareFunction } from "@trpc/server";
import { AuthError, type Guard, type GuardRequest, type Requirement } from "../index.js";
import { toFetchGuardRequest as fromRequest, toFetchHeaders } from "./_fetch.js";
import { type NodeRequest, toGuardRequest } from "./_node.js";
import { type AuthFor, createNeedCheck, type NeedArgument, type NeedOptions, readNeed } from "./_protect.js";

export type { NeedOptions };

/** What `protect` needs in a tRPC context. */
export interface AuthContext {
  readonly guardRequest: GuardRequest;
}

/** What `protect` adds to the context. */
export interface AuthAdded<Found> {
  /** Facts from the verified token. Undefined if `optional` admitted an anonymous call. */
  readonly auth: Found;
}

/** The headers of an answer, in the form of tRPC's `responseMeta`. */
export interface ResponseMeta {
  readonly headers?: Headers;
}

const codes: Readonly<Record<number, TRPCError["code"]>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  503: "SERVICE_UNAVAILABLE",
};

/**
 * The context that `protect` needs: `createContext: ({ req }) => ({ ...createAuthContext(req) })`.
 */
export function createAuthContext(request: Request | NodeRequest): AuthContext {
  return { guardRequest: "rawHeaders" in request ? toGuardRequest(request) : fromRequest(request) };
}

/**
 * A middleware that passes only calls with a valid token:
 * `t.procedure.use(protect(guard, permission("read:admin")))`. A refusal is a `TRPCError`
 * (`UNAUTHORIZED`, `FORBIDDEN`, `BAD_REQUEST`, `SERVICE_UNAVAILABLE`) with the `AuthError` as its
 * `cause`. A subscription ends with such an error when its token expires, is revoked or loses what
 * is needed (checked within a minute).
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

/** What tRPC passes to `responseMeta` about the calls. */
export interface AnsweredCalls {
  readonly errors: readonly TRPCError[];
  readonly ctx?: AuthContext | undefined;
}

/**
 * Adds challenge and `Retry-After` to the answer to a refused call, and the next DPoP nonce to the
 * answer to an accepted one: `responseMeta: createResponseMeta(guard)`.
 */
export function createResponseMeta(guard: Guard<unknown>): (answer: AnsweredCalls) => ResponseMeta {
  return ({ errors, ctx }) => {
    const refused = errors.map(({ cause }) => cause).find((cause) => cause instanceof AuthError);
    if (refused) return { headers: toFetchHeaders(guard.refusal(refused)) };
    const headers = ctx && guard.responseHeaders(ctx.guardRequest);
    return headers ? { headers: new Headers(headers) } : {};
  };
}
