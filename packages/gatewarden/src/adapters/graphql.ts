// GraphQL: a context for Apollo Server, a plugin for GraphQL Yoga, and a wrapper for single fields
// under any server.
import type { GraphQLResolveInfo } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Auth, Awaitable, Guard, Requirement } from "../index.js";
import { exposedHeaders, toExposed } from "./_exposed.js";
import { toFetchGuardRequest as fromRequest } from "./_fetch.js";
import { accept, type GraphqlAuthContext, type RequestContext, toGraphqlError } from "./_graphql-context.js";
import { type GraphqlSocketOptions, protectSocket, type SocketContext, type SocketHooks } from "./_graphql-socket.js";
import { type NodeRequest, type NodeResponse, setHeaders, toGuardRequest } from "./_node.js";
import {
  type AuthFor,
  createNeedCheck,
  type NeedArgument,
  type NeedOptions,
  readNeed,
  requireHandler,
} from "./_protect.js";
import type { SessionLimits } from "./_session-limits.js";
import { readWatched } from "./_watched.js";

export type {
  GraphqlAuthContext as AuthContext,
  GraphqlSocketOptions as SocketOptions,
  NeedOptions,
  RequestContext,
  SessionLimits,
  SocketContext,
  SocketHooks,
};
export { protectSocket };

/**
 * The context of every operation, for Apollo Server:
 * `context: ({ req, res }) => readAuth(req, res)` with
 * `const readAuth = createAuthContext(guard, { optional: true })`. Throws a `GraphQLError` that
 * sets the answer's status and challenge. If the response is passed, the next DPoP nonce is set on
 * it.
 */
export function createAuthContext<Claims, const Wanted extends Requirement | NeedOptions = Requirement>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Wanted>
): (request: Request | NodeRequest, response?: NodeResponse) => Promise<GraphqlAuthContext<AuthFor<Claims, Wanted>>> {
  const check = createNeedCheck(guard, need);
  return async (request, response) => {
    const guardRequest = "rawHeaders" in request ? toGuardRequest(request) : fromRequest(request);
    const outcome = await check(guardRequest);
    const auth = accept(guard, outcome, readExposed(request, response)) as AuthFor<Claims, Wanted>;
    if (response) setHeaders(response, guard.responseHeaders(guardRequest));
    return { guardRequest, auth };
  };
}

/**
 * A plugin for GraphQL Yoga that checks every operation before its body is read:
 * `createYoga({ schema, plugins: [useAuth(guard)] })`. A subscription ends when its token expires,
 * is revoked or loses what is needed (checked within a minute); its last event is the refusal. A
 * field under `protectField` is checked again for each event.
 */
export function useAuth<Claims, const Wanted extends Requirement | NeedOptions = Requirement>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Wanted>
): Plugin<GraphqlAuthContext<AuthFor<Claims, Wanted>>> {
  const readAuth = createAuthContext(guard, ...need);
  const { requirement } = readNeed(need);
  // Kept from the check until the answer: the request object may outlive it (as for sockets) or be
  // reused (CWE-488).
  const contexts = new WeakMap<Request, GraphqlAuthContext<AuthFor<Claims, Wanted>>>();
  /**
   * Ends long-running answers with their token; the refusal is their last part. Undefined if
   * nothing ends them.
   */
  const readEnd = async (contextValue: unknown) => {
    const { auth, guardRequest } = contextValue as GraphqlAuthContext<Auth<Claims> | undefined>;
    if (auth === undefined || readWatched(contextValue)) return undefined;
    const { endWithToken } = await import("./_stream.js");
    const terms = { guard, requirement, auth, guardRequest };
    return <Part extends object>(parts: AsyncIterable<Part>, last: Part) =>
      endWithToken(parts, terms, (ending) => ({ ...last, errors: [toGraphqlError(ending)] }));
  };
  return {
    onRequestParse: async ({ request, serverContext }) => {
      contexts.delete(request);
      contexts.set(request, await readAuth(toOriginalRequest(request, serverContext)));
    },
    onContextBuilding: async ({ context, extendContext }) => {
      if (readWatched(context)) return;
      // An operation without an HTTP request, or after its answer, has not been checked yet.
      extendContext(contexts.get(context.request) ?? (await readAuth(toOriginalRequest(context.request, context))));
    },
    onSubscribe: async ({ args: { contextValue } }) => {
      // Before the result: its hook is synchronous.
      const end = await readEnd(contextValue);
      return (
        end && {
          onSubscribeResult: ({ result, setResult }) => {
            if (Symbol.asyncIterator in result) setResult(end(result, {}));
          },
        }
      );
    },
    // An answer in parts: `@defer` and `@stream`.
    onExecute: () => ({
      onExecuteDone: ({ args: { contextValue }, result, setResult }) => {
        if (!(Symbol.asyncIterator in result)) return undefined;
        return readEnd(contextValue).then((end) => end && setResult(end(result, { hasNext: false } as never)));
      },
    }),
    onResponse: ({ request, response, serverContext }) => {
      const context = contexts.get(request);
      contexts.delete(request);
      const headers = context && guard.responseHeaders(context.guardRequest);
      for (const [name, value] of Object.entries(headers ?? {})) response.headers.set(name, value);
      if (context === undefined || headers) expose(response, serverContext);
    },
  };
}

/**
 * Includes the challenge of a refusal, and keeps what a CORS middleware around Yoga has set on
 * Node.js.
 */
function expose({ headers }: Response, serverContext: object): void {
  const { res } = serverContext as { readonly res?: NodeResponse };
  const exposed = toExposed(
    [headers.get(exposedHeaders) ?? [], res?.getHeader?.(exposedHeaders) ?? []].flat(),
    Object.fromEntries(headers),
  );
  if (exposed !== "") headers.set(exposedHeaders, exposed);
}

/**
 * On Node.js, Yoga's request shows only one of several Authorization headers. The original request
 * is beside it.
 */
function toOriginalRequest(request: Request, serverContext: object): Request | NodeRequest {
  const original = (serverContext as { readonly req?: NodeRequest }).req;
  return original?.rawHeaders ? original : request;
}

/** The resolver that `protectField` wraps. */
type ProtectedResolver<Claims, Wanted, Source, Arguments, Context, Result> = (
  source: Source,
  args: Arguments,
  context: Omit<Context, "auth"> & GraphqlAuthContext<AuthFor<Claims, Wanted>>,
  info: GraphQLResolveInfo,
) => Awaitable<Result>;

/** The resolver that `protectField` returns. */
type FieldResolver<Source, Arguments, Context, Result> = (
  source: Source,
  args: Arguments,
  context: Context,
  info: GraphQLResolveInfo,
) => Promise<Result>;

/**
 * A resolver that runs only if the request's token grants what the field needs:
 * `salary: protectField(guard, permission("read:salaries"), (person) => person.salary)`. It
 * receives `context.auth`. Without a need, every valid token will do.
 */
export function protectField<Claims, Source, Arguments, Context extends RequestContext, Result>(
  guard: Guard<Claims>,
  resolve: ProtectedResolver<Claims, Requirement, Source, Arguments, Context, Result>,
): FieldResolver<Source, Arguments, Context, Result>;
export function protectField<
  Claims,
  const Wanted extends Requirement | NeedOptions,
  Source,
  Arguments,
  Context extends RequestContext,
  Result,
>(
  guard: Guard<Claims>,
  need: Wanted,
  resolve: ProtectedResolver<Claims, Wanted, Source, Arguments, Context, Result>,
): FieldResolver<Source, Arguments, Context, Result>;
export function protectField<Claims>(
  guard: Guard<Claims>,
  ...given: readonly [...unknown[], unknown]
): FieldResolver<unknown, unknown, RequestContext, unknown> {
  const resolve = given.at(-1) as ProtectedResolver<Claims, NeedOptions, unknown, unknown, RequestContext, unknown>;
  requireHandler(resolve);
  const check = createNeedCheck(guard, given.slice(0, -1));
  return async (source, args, context, info) => {
    const auth = accept(guard, await check(context.guardRequest)) as Auth<Claims>;
    return resolve(source, args, { ...context, auth }, info);
  };
}

/**
 * Undefined if it cannot be determined. Around a fetch handler, the application sets its own later.
 */
function readExposed(request: Request | NodeRequest, response: NodeResponse | undefined): unknown {
  return response || !("rawHeaders" in request) ? (response?.getHeader(exposedHeaders) ?? "") : undefined;
}
