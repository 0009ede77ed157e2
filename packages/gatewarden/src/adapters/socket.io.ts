// Socket.IO: `io.use(protect(guard, requirement?))` checks the handshake; its result is
// `socket.data.auth`, until the token expires.
import type { Server } from "socket.io";
import { type Auth, AuthError, type Guard, type GuardRequest, type RefusalBody, type Requirement } from "../index.js";
import { warnOfListener } from "../platform/runtime.js";
import { readHeaders, toOpeningRequest } from "./_node.js";
import { toOpening } from "./_opening.js";
import { createNeedCheck, type NeedArgument, type NeedOptions, readNeed } from "./_protect.js";
import { toThrownRefusal } from "./_refusal.js";
import { LiveSession } from "./_session.js";
import { checkSameOwner, type Owner, toOwner } from "./_session-check.js";
import { type Ending, requireLimits, type SessionLimits } from "./_session-limits.js";

export type { NeedOptions, Owner, SessionLimits };

/** What a connection needs, and its limits. */
export interface SocketOptions extends NeedOptions {
  /** Limits of the connection besides its token. */
  readonly session?: SessionLimits;
}

/**
 * What `protect` adds to `socket.data`:
 * `new Server<Incoming, Outgoing, Internal, AuthData<Auth>>()`.
 */
export interface AuthData<Found extends Auth<unknown> | undefined> {
  /**
   * Facts from the latest verified token. Undefined while an anonymous connection (`optional`) has
   * sent none, and after the session has ended: refuse then. Reading it after `exp` ends the
   * session. Not shared with other servers.
   */
  readonly auth: Found | undefined;
  /**
   * The identity behind the connection, also after it ends: for cleaning up on `disconnect`. It
   * authorizes nothing.
   */
  readonly authOwner?: Owner | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: any events; only its data matters here.
type AnyServer<Data> = Server<any, any, any, Data>;
type Middleware<Data> = Parameters<AnyServer<Data>["use"]>[0];
type AnySocket = Parameters<Middleware<unknown>>[0];
type Sessions<Claims> = WeakMap<object, LiveSession<Claims>>;

/** Members of a need that are read in this file. */
const ownMembers = ["session"];

/**
 * A middleware that accepts only connections with a valid token. Clients send it as
 * `auth: { token }`, or as an Authorization header; null means no token. A refused client gets
 * `connect_error` with the reason in `error.data`.
 *
 * The socket receives `unauthorized` and is disconnected when the token expires, is revoked or
 * loses what is needed (checked within a minute), or when `session.maxAge` is over. Before that, a
 * client renews with `socket.emit("authenticate", token, reply)`, at most five times a minute. If
 * keys, introspection or deny list are unreachable, a session lasts five more minutes.
 *
 * Turns `skipMiddlewares` of connection state recovery off, so that recovered connections are
 * checked too. With an adapter that shares sessions between servers, set it to false yourself: the
 * first connection that a server sees may be a recovered one.
 */
export function protect<Claims, const Wanted extends Requirement | SocketOptions = Requirement>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Wanted>
): Middleware<AuthData<Auth<Claims> | undefined>> {
  const check = createNeedCheck(guard, need, ownMembers);
  const { requirement } = readNeed(need, ownMembers);
  const limits = requireLimits((need[0] as SocketOptions | undefined)?.session);
  const sessions: Sessions<Claims> = new WeakMap();
  const watched = new WeakSet<object>();
  const admit = async (socket: AnySocket) => {
    if (!watched.has(socket.nsp)) watch(guard, socket.nsp, sessions);
    watched.add(socket.nsp);
    const opening = toOpening(socket.request);
    const earlier = readEarlierOwner(socket);
    const auth = await check(toRequest(socket));
    const refusal = auth instanceof AuthError ? auth : earlier && checkEarlierOwner(earlier, auth);
    if (refusal) throw refusal;
    const onEnd = (ending: Ending) => end(socket, ending);
    const session = new LiveSession({
      guard,
      requirement,
      auth: auth as Auth<Claims> | undefined,
      opening,
      limits,
      onEnd,
    });
    sessions.set(socket, session);
    attach(socket, session);
  };
  return (socket, next) => {
    // Socket.IO drops the promise of a middleware, and a rejection would end the process (CWE-248).
    // `next` may throw as well.
    admit(socket)
      .then(() => next())
      .catch((error: unknown) => next(toConnectError(guard, error)))
      .catch((error: unknown) => warnOfListener("next", error));
  };
}

function attach(socket: AnySocket, session: LiveSession<unknown>): void {
  Object.defineProperties(socket.data, {
    // Adapters store enumerable members for connection state recovery and for other servers.
    auth: { get: () => session.auth, enumerable: false, configurable: true },
    authOwner: { get: () => session.owner, enumerable: true, configurable: true },
  });
  hold(socket, session);
  socket.on("disconnect", () => session.close());
  socket.on("authenticate", (...args: unknown[]) => void answer(session, args));
}

/**
 * Passes on nothing of an ended session. `socket.use` would see neither what catch-all listeners
 * receive before it, nor the client's acknowledgements of events (CWE-613).
 */
function hold(socket: AnySocket, session: LiveSession<unknown>): void {
  const receive: unknown = Reflect.get(socket, "_onpacket");
  if (typeof receive !== "function") throw new TypeError("This version of Socket.IO is not supported");
  const value = (...args: unknown[]) => (session.isOpen() ? Reflect.apply(receive, socket, args) : undefined);
  Object.defineProperty(socket, "_onpacket", { value, configurable: true, writable: true });
}

/** The client decides whether it waits for an answer, and what else it sends. */
async function answer(session: LiveSession<unknown>, args: readonly unknown[]): Promise<void> {
  try {
    const told = await session.answer(args[0]);
    const reply = args.at(-1);
    if (typeof reply === "function") reply(told);
  } catch (error) {
    warnOfListener("authenticate", error);
  }
}

/**
 * Runs each step even if an earlier one failed: the application listens to all of them, and a
 * listener may need facts that are gone.
 */
function end(socket: AnySocket, { body }: Ending): void {
  const steps = [
    () => socket.emit("unauthorized", body),
    () => socket.disconnect(true),
    () => socket.connected && socket.removeAllListeners("disconnecting").disconnect(true),
    () => socket.conn.close(),
  ];
  for (const step of steps) {
    try {
      step();
    } catch (error) {
      warnOfListener("disconnect", error);
    }
  }
}

/**
 * The handshake as a request. A token in `auth` and one in the header are two sets of credentials
 * (RFC 6750 §2).
 */
function toRequest({ handshake, request }: AnySocket): GuardRequest {
  const guardRequest = toOpeningRequest(request);
  const token = readHandshakeToken(handshake.auth);
  if (token === undefined) return guardRequest;
  const authorization = [request.headers.authorization ?? [], `Bearer ${token}`].flat();
  return { ...guardRequest, headers: { ...readHeaders(request), authorization } };
}

/**
 * The token of `auth`, whose content the client chooses; it is never coerced. Anything but a string
 * becomes an empty token, which is malformed. Null means no token: `localStorage.getItem` returns
 * it to clients that are not logged in.
 */
function readHandshakeToken(auth: unknown): string | undefined {
  if (auth === undefined) return undefined;
  if (typeof auth !== "object" || auth === null) return "";
  const token: unknown = Object.hasOwn(auth, "token") ? Reflect.get(auth, "token") : undefined;
  if (token === undefined || token === null) return undefined;
  return typeof token === "string" ? token : "";
}

/** Socket.IO sends message and `data` to the client. */
function toConnectError(guard: Guard<unknown>, thrown: unknown): Error & { readonly data: RefusalBody } {
  const { body } = toThrownRefusal(guard, thrown, "Socket.IO middleware");
  return Object.assign(new Error(body.error_description, { cause: thrown }), { data: body });
}

/**
 * A recovered connection has the rooms and data of an earlier one. By default Socket.IO skips
 * middlewares for it, so its token would never be checked again (CWE-613). A connection that still
 * bypasses the check is disconnected.
 */
function watch(guard: Guard<unknown>, nsp: AnySocket["nsp"], sessions: Sessions<unknown>): void {
  const options: unknown = Reflect.get(nsp.server, "opts");
  const recovery = (options as { connectionStateRecovery?: unknown } | undefined)?.connectionStateRecovery;
  if (typeof recovery === "object" && recovery !== null) Reflect.set(recovery, "skipMiddlewares", false);
  const settle = (socket: AnySocket) => {
    const session = sessions.get(socket);
    if (session) session.start();
    else if (socket.recovered) end(socket, toThrownRefusal(guard, new AuthError("check_failed"), "recovery"));
  };
  for (const socket of nsp.sockets.values()) settle(socket);
  nsp.prependListener("connection", settle);
}

/** The owner of a recovered connection, from memory or as another server stored it. */
function readEarlierOwner({ recovered, data }: AnySocket): Owner | undefined {
  const owner: unknown = recovered ? (data as { authOwner?: unknown }).authOwner : undefined;
  if (owner === undefined || owner === null) return undefined;
  const { issuer, subject, clientId } = owner as Owner;
  return { issuer, subject: subject ?? undefined, clientId: clientId ?? undefined };
}

/** What the earlier connection received was meant for its owner. */
function checkEarlierOwner(earlier: Owner, auth: Auth<unknown> | undefined): AuthError | undefined {
  return auth ? checkSameOwner(earlier, toOwner(auth)) : new AuthError("credentials_missing");
}
