// ws: the upgrade is checked before the WebSocket exists, the connection closes with 4401 when the
// token expires, a message renews it.
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { RawData, WebSocket, WebSocketServer } from "ws";
import { type Auth, AuthError, ConfigError, type Guard, type Refusal, type Requirement } from "../index.js";
import { warnOfListener } from "../platform/runtime.js";
import { toOpeningRequest } from "./_node.js";
import { toOpening } from "./_opening.js";
import { createNeedCheck, type NeedOptions, readNeed } from "./_protect.js";
import { toThrownRefusal } from "./_refusal.js";
import { LiveSession, type Session } from "./_session.js";
import type { Owner } from "./_session-check.js";
import { type Ending, requireLimits, type SessionLimits } from "./_session-limits.js";

export type { NeedOptions, Owner, Session, SessionLimits };

/** What is needed to connect, and what happens then. */
export interface UpgradeOptions<Claims> {
  /** Makes the WebSockets: `new WebSocketServer({ noServer: true })`. */
  readonly sockets: WebSocketServer;
  /** What a connection needs beyond a valid token. */
  readonly need?: Requirement | NeedOptions;
  /** What bounds a connection besides its token. */
  readonly session?: SessionLimits;
  /**
   * A connection that passed. `session.auth` is always that of the latest token, and undefined once
   * the session has ended. If this throws or rejects, the connection closes with 1011.
   */
  readonly onConnection: (socket: WebSocket, session: Session<Claims>, request: IncomingMessage) => void;
}

/**
 * The close code of a connection whose token expired (from the range for applications, RFC 6455
 * §7.4.2), or counts no more.
 */
export const expiredCloseCode = 4401;

/** Milliseconds within which a client must answer the closing handshake (RFC 6455 §7.1.1). */
const closingTime = 1000;
/**
 * Bytes that a message to renew a session has at most: the largest token that a guard can take, and
 * what is around it.
 */
const maxMessage = 65_536 + 1024;

/**
 * A listener for a server's upgrades: `server.on("upgrade", protectUpgrade(guard, options))`.
 * Refused upgrades are answered with status, challenge and JSON. To go on after its token a client sends `{"type":"authenticate","token":"…"}` before,
 * and is answered `authenticated` or `refused`; an anonymous one (`optional`) logs in so, five
 * times a minute at most. No message of an ended session reaches the application. A session ends
 * with 4401 and the reason when its token expires, is revoked or loses what is needed (looked at
 * within a minute), or `session.maxAge` is over; with 1013 when keys, introspection or deny list
 * could not be asked for five minutes; with 1008 after too many attempts.
 */
export function protectUpgrade<Claims>(
  guard: Guard<Claims>,
  options: UpgradeOptions<Claims>,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const terms = requireTerms(guard, options);
  const toSend = new WeakMap<IncomingMessage, Readonly<Record<string, string>>>();
  options.sockets.on("headers", (lines, request) => {
    for (const [name, value] of Object.entries(toSend.get(request) ?? {})) lines.push(`${name}: ${value}`);
  });
  const admit = async (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // Without a listener, a client that goes away during the check would end the process.
    const ignore = () => stream.destroy();
    stream.on("error", ignore);
    const opening = toOpening(request);
    const guardRequest = toOpeningRequest(request);
    const auth = await terms.check(guardRequest);
    if (auth instanceof AuthError) throw auth;
    const headers = guard.responseHeaders(guardRequest);
    if (headers) toSend.set(request, headers);
    options.sockets.handleUpgrade(request, stream, head, (socket) => {
      stream.off("error", ignore);
      const onEnd = (ending: Ending) => close(socket, toCloseCode(ending), ending.body.reason);
      const { requirement, limits } = terms;
      const found = auth as Auth<Claims> | undefined;
      const session = new LiveSession({ guard, requirement, auth: found, opening, limits, onEnd });
      attach(socket, session);
      introduce(options, { socket, session, request });
    });
  };
  return (request, stream, head) => {
    // A listener's promise is dropped, and one that rejects would end the process (CWE-248).
    admit(request, stream, head)
      .catch((error: unknown) => refuse(stream, toThrownRefusal(guard, error, "upgrade")))
      .catch(() => stream.destroy());
  };
}

/** What is needed, checked when the server is built. */
function requireTerms<Claims>(guard: Guard<Claims>, options: UpgradeOptions<Claims>) {
  // A misspelt `need` would open the connection to every valid token.
  const unknown = Object.keys(options).find((name) => !["sockets", "need", "session", "onConnection"].includes(name));
  if (unknown !== undefined) throw new ConfigError({ option: unknown, problem: "is not an option", example });
  if (typeof options.onConnection !== "function") {
    throw new ConfigError({ option: "onConnection", problem: "must be a function", example });
  }
  const needs = Object.hasOwn(options, "need") ? [options.need] : [];
  return {
    check: createNeedCheck(guard, needs),
    requirement: readNeed(needs).requirement,
    limits: requireLimits(options.session),
  };
}

const example = "protectUpgrade(guard, { sockets, need, onConnection })";

function attach<Claims>(socket: WebSocket, session: LiveSession<Claims>): void {
  const emit = socket.emit;
  // Between the last frame that counts and the close frame of the client there may be others, and
  // any number of listeners.
  const guarded = (name: string, ...args: unknown[]) =>
    name === "message" && !session.isOpen() ? false : Reflect.apply(emit, socket, [name, ...args]);
  Object.defineProperty(socket, "emit", { value: guarded, configurable: true, writable: true });
  // Without a listener, a client that breaks the protocol would end the process (CWE-248).
  socket.on("error", () => {});
  socket.on("close", () => session.close());
  socket.on("message", (data, isBinary) => void answer(socket, session, readMessage(data, isBinary)));
  session.start();
}

/** Hands the connection to the application, whose fault ends the connection and not the process. */
function introduce<Claims>(
  { onConnection }: UpgradeOptions<Claims>,
  { socket, session, request }: { socket: WebSocket; session: LiveSession<Claims>; request: IncomingMessage },
): void {
  const fail = (error: unknown) => {
    warnOfListener("onConnection", error);
    session.close();
    close(socket, 1011, "");
  };
  try {
    const connecting: unknown = onConnection(socket, session, request);
    // An async function has the type too.
    if (connecting instanceof Promise) connecting.catch(fail);
  } catch (error) {
    fail(error);
  }
}

/** Answers a message to renew the session. Whatever else it is, it is the application's. */
async function answer(
  socket: WebSocket,
  session: LiveSession<unknown>,
  message: SocketMessage | undefined,
): Promise<void> {
  if (message?.type !== "authenticate") return;
  try {
    const told = await session.answer(message.token);
    const type = "reason" in told ? "refused" : "authenticated";
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ type, ...told }));
  } catch (error) {
    warnOfListener("authenticate", error);
  }
}

interface SocketMessage {
  readonly type?: unknown;
  readonly token?: unknown;
}

function readMessage(data: RawData, isBinary: boolean): SocketMessage | undefined {
  // Most messages are the application's own: only what can be ours is parsed.
  if (isBinary || !Buffer.isBuffer(data) || data.length > maxMessage || !data.includes('"authenticate"'))
    return undefined;
  try {
    return JSON.parse(data.toString()) ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * Those of RFC 6455 §7.4.1 and the registry: 1013 to try again later, 1008 for what no client
 * should do.
 */
function toCloseCode({ status }: Ending): number {
  if (status === 429) return 1008;
  return status >= 500 ? 1013 : expiredCloseCode;
}

/** Closes, and does not wait long for a client that does not. */
function close(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason);
    const timer = setTimeout(() => socket.terminate(), closingTime);
    timer.unref?.();
    socket.once("close", () => clearTimeout(timer));
  } catch {
    socket.terminate();
  }
}

/** Before the upgrade there is no response object, only the connection. */
function refuse(stream: Duplex, { status, headers, body }: Refusal): void {
  const text = JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "connection: close",
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(text)}`,
    ...Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`)),
  ];
  // A client that does not close must not keep the connection (CWE-400).
  stream.once("finish", () => stream.destroy());
  stream.end(`${lines.join("\r\n")}\r\n\r\n${text}`);
}
