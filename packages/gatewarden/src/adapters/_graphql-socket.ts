// GraphQL over WebSocket (the package graphql-ws): the token arrives in `connectionParams`, and the
// connection ends when the token does.
import type { GraphQLError } from "graphql";
import { type Auth, AuthError, type Guard, type GuardRequest, type Requirement } from "../index.js";
import { type GraphqlAuthContext, toGraphqlError } from "./_graphql-context.js";
import { type NodeRequest, readHeaders, toOpeningRequest } from "./_node.js";
import { toOpening } from "./_opening.js";
import { type AuthFor, createNeedCheck, type NeedArgument, type NeedOptions, readNeed } from "./_protect.js";
import { toThrownRefusal } from "./_refusal.js";
import type { LiveSession } from "./_session.js";
import { type Ending, requireLimits, type SessionLimits } from "./_session-limits.js";
import { markWatched } from "./_watched.js";

/** What a connection needs, and its limits. */
export interface GraphqlSocketOptions extends NeedOptions {
  /** Limits of the connection besides its token. */
  readonly session?: SessionLimits;
}

/** A connection as graphql-ws passes it to its hooks. */
export interface SocketContext {
  readonly connectionParams?: Readonly<Record<string, unknown>> | undefined;
  readonly extra: { readonly socket: GraphqlSocket; readonly request: NodeRequest | { readonly raw: NodeRequest } };
}

/** A socket of the package ws. */
export interface GraphqlSocket {
  readonly readyState: number;
  close(code: number, reason: string): void;
  once(name: "close", listener: () => void): unknown;
}

/** Options of `useServer`. */
export interface SocketHooks<Found> {
  readonly onConnect: (connection: SocketContext) => Promise<boolean>;
  readonly onSubscribe: (connection: SocketContext) => readonly GraphQLError[] | undefined;
  readonly onNext: (
    connection: SocketContext,
  ) => { readonly errors: readonly ReturnType<GraphQLError["toJSON"]>[] } | undefined;
  readonly context: (connection: SocketContext) => GraphqlAuthContext<Found>;
}

interface Kept<Claims> {
  readonly session: LiveSession<Claims>;
  readonly guardRequest: GuardRequest;
}

/** Members of a need that are read in this file. */
const ownMembers = ["session"];

/**
 * Hooks that accept only connections with a valid token, for graphql-ws over the package ws:
 * `useServer({ schema, ...protectSocket(guard, { optional: true }) }, sockets)`. Clients send
 * `connectionParams: { token }` or `{ authorization: "Bearer …" }`, or the header with the upgrade.
 * A token in two places is refused. Operations find `auth` in their context.
 *
 * The connection closes with the reason:
 * - 4403: the token expired, `session.maxAge` is over, or the need is not met. The client of
 *   graphql-ws then reconnects with new `connectionParams`.
 * - 4401: the token is refused, was revoked, or lost what is needed (checked within a minute). This
 *   ends the client's operations.
 * - 4400: malformed.
 * - 1013: keys, introspection or deny list were unreachable.
 */
export function protectSocket<Claims, const Wanted extends Requirement | GraphqlSocketOptions = Requirement>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Wanted>
): SocketHooks<AuthFor<Claims, Wanted>> {
  const check = createNeedCheck(guard, need, ownMembers);
  const { requirement } = readNeed(need, ownMembers);
  const limits = requireLimits((need[0] as GraphqlSocketOptions | undefined)?.session);
  const connections = new WeakMap<object, Kept<Claims>>();
  const admit = async (connection: SocketContext) => {
    const { request, socket } = connection.extra;
    const source = "raw" in request ? request.raw : request;
    const opening = toOpening(source);
    const guardRequest = toRequest(source, connection.connectionParams);
    const auth = await check(guardRequest);
    if (auth instanceof AuthError) throw auth;
    // Loaded with the first connection: most GraphQL servers have none.
    const { LiveSession } = await import("./_session.js");
    const onEnd = (ending: Ending) => close(socket, ending);
    const found = auth as Auth<Claims> | undefined;
    const session = new LiveSession({ guard, requirement, auth: found, opening, limits, onEnd });
    markWatched(guardRequest);
    connections.set(connection, { session, guardRequest });
    socket.once("close", () => session.close());
    // The socket may have closed during the check.
    if (socket.readyState > isOpen) session.close();
    else session.start();
  };
  const readEnding = (connection: SocketContext) =>
    connections.get(connection)?.session.isOpen()
      ? undefined
      : toGraphqlError(toThrownRefusal(guard, new AuthError("expired"), "graphql-ws"));
  return {
    onConnect: async (connection) => {
      try {
        await admit(connection);
        return true;
      } catch (error) {
        close(connection.extra.socket, toThrownRefusal(guard, error, "graphql-ws"));
        return false;
      }
    },
    onSubscribe: (connection) => {
      const error = readEnding(connection);
      return error && [error];
    },
    // The session's timer may be late. An ended session must not send anything (CWE-613).
    onNext: (connection) => {
      const error = readEnding(connection);
      return error && { errors: [error.toJSON()] };
    },
    context: (connection) => {
      const kept = connections.get(connection);
      if (!kept) throw new AuthError("credentials_missing");
      return { guardRequest: kept.guardRequest, auth: kept.session.auth as AuthFor<Claims, Wanted> };
    },
  };
}

/** `WebSocket.OPEN`. */
const isOpen = 1;

/**
 * The upgrade request with the token that followed it. Tokens in two places are two sets of
 * credentials (RFC 6750 §2).
 */
function toRequest(request: NodeRequest, params: SocketContext["connectionParams"]): GuardRequest {
  const guardRequest = toOpeningRequest(request);
  const headers = readHeaders(request);
  const authorization = [headers["authorization"] ?? [], readTokens(params)].flat();
  return { ...guardRequest, headers: { ...headers, authorization } };
}

/**
 * Values come from the client and are never coerced. Anything but a string becomes an empty token,
 * which is malformed.
 */
function readTokens(params: unknown): readonly string[] {
  if (typeof params !== "object" || params === null) return [];
  const values = Object.entries(params).filter(([, value]) => value !== undefined && value !== null);
  return values.flatMap(([name, value]) => {
    if (name === "token") return `Bearer ${typeof value === "string" ? value : ""}`;
    return name.toLowerCase() === "authorization" ? (typeof value === "string" ? value : "Bearer ") : [];
  });
}

/**
 * Close codes of the protocol (graphql-over-http, GraphQLOverWebSocket) and of RFC 6455's registry.
 */
function close(socket: GraphqlSocket, { status, body: { reason } }: Ending): void {
  const comesAgain = reason === "expired" || reason === "session_too_old";
  const code = comesAgain ? 4403 : (closeCodes[status] ?? 4500);
  socket.close(code, reason);
}

const closeCodes: Readonly<Record<number, number>> = { 400: 4400, 401: 4401, 403: 4403, 503: 1013 };
