// Socket.IO: `io.use(protect(guard, requirement?))` checks the handshake; what it found is `socket.data.auth`, until the token expires.
import type { Server } from "socket.io";
import { type Auth, AuthError, type Guard, type GuardRequest, type RefusalBody, type Requirement } from "../index.js";
import { toGuardRequest } from "./_node.js";
import { type AuthFor, createCheck, type NeedArgument, type NeedOptions, readNeed } from "./_protect.js";
import { Session } from "./_session.js";

export type { NeedOptions };

/** What `protect` puts into `socket.data`: `new Server<Incoming, Outgoing, Internal, AuthData<Auth>>()`. */
export interface AuthData<Found extends Auth<unknown> | undefined> {
  /** Facts from the latest verified token. Undefined while an anonymous connection (`optional`) has sent none. */
  auth: Found;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever events the application has; only its data matters here.
type AnyServer<Data> = Server<any, any, any, Data>;
type Middleware<Data> = Parameters<AnyServer<Data>["use"]>[0];
type AnySocket<Data> = Parameters<Middleware<Data>>[0];

/**
 * A middleware that lets only connections with a valid token pass. Clients send it as `auth: { token }`, or as an Authorization header. A
 * refused one gets `connect_error` with the reason in `error.data`. When the token expires the socket is told `unauthorized` and disconnected;
 * before that a client goes on with `socket.emit("authenticate", token, reply)`.
 */
export function protect<Claims, const Wanted extends Requirement | NeedOptions = Requirement>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Wanted>
): Middleware<AuthData<AuthFor<Claims, Wanted>>> {
  const check = createCheck(guard, need);
  const { requirement } = readNeed(need);
  return async (socket, next) => {
    const auth = await check(toRequest(socket));
    if (auth instanceof AuthError) return next(toError(guard, auth));
    const onExpired = (error: AuthError) => {
      socket.emit("unauthorized", guard.refusal(error).body);
      socket.disconnect(true);
    };
    const opening = socket.request;
    const session = new Session<Claims, AuthFor<Claims, Wanted>>({ guard, requirement, auth, opening, onExpired });
    Object.defineProperty(socket.data, "auth", { get: () => session.auth, enumerable: true, configurable: true });
    socket.on("disconnect", () => session.end());
    socket.on("authenticate", async (token: unknown, reply: unknown) => {
      const error = await session.renew(token);
      const answer = error ? guard.refusal(error).body : { expires_at: session.auth?.expiresAt };
      if (typeof reply === "function") reply(answer);
    });
    next();
  };
}

/** The handshake as a request. A token in `auth` and one in the header are two sets of credentials (RFC 6750 §2). */
function toRequest({ handshake, request }: AnySocket<unknown>): GuardRequest {
  const guardRequest = toGuardRequest(request);
  const token: unknown = handshake.auth?.["token"];
  if (token === undefined) return guardRequest;
  const authorization = [request.headers.authorization ?? [], `Bearer ${String(token)}`].flat();
  return { ...guardRequest, headers: { ...request.headers, authorization } };
}

/** Socket.IO sends message and `data` to the client. */
function toError(guard: Guard<unknown>, error: AuthError): Error & { readonly data: RefusalBody } {
  return Object.assign(new Error(error.message, { cause: error }), { data: guard.refusal(error).body });
}
