// ws: checks the upgrade before the WebSocket exists. The connection closes with 4401 when the
// token expires; a message renews it.
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

/** What is needed to connect, and what follows. */
export interface UpgradeOptions<Claims> {
  /** Creates the WebSockets: `new WebSocketServer({ noServer: true })`. */
  readonly sockets: WebSocketServer;
  /** What a connection needs beyond a valid token. */
  readonly need?: Requirement | NeedOptions;
  /** Limits of a connection besides its token. */
  readonly session?: SessionLimits;
  /**
   * Called for an accepted connection. `session.auth` always holds the latest token's facts, and
   * undefined after the session has ended. If this throws or rejects, the connection closes with
   * 1011.
   */
  readonly onConnection: (socket: WebSocket, session: Session<Claims>, request: IncomingMessage) => void;
}

/**
 * The close code of a connection whose token expired or is no longer valid (from the range for
 * applications, RFC 6455 §7.4.2).
 */
export const expiredCloseCode = 4401;

/** Milliseconds within which a client must answer the closing handshake (RFC 6455 §7.1.1). */
const closingTime = 1000;
/**
 * Maximum bytes of a message that renews a session: the largest token that a guard can take, and
 * its JSON.
 */
const maxMessage = 65_536 + 1024;

/**
 * A listener for a server's upgrades: `server.on("upgrade", protectUpgrade(guard, options))`.
 * Refused upgrades are answered with status, challenge and JSON.
 *
 * To outlive its token, a client sends `{"type":"authenticate","token":"…"}` before it expires, and
 * is answered `authenticated` or `refused`. An anonymous client (`optional`) logs in the same way.
 * At most five such messages a minute are accepted. Messages of an ended session never reach the
 * application.
 *
 * A session ends with the reason and one of these codes:
 * - 4401: the token expired, was revoked or lost what is needed (checked within a minute), or
 *   `session.maxAge` is over.
 * - 1013: keys, introspection or deny list were unreachable for five minutes.
 * - 1008: too many attempts.
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
    // Without a listener, a client that disconnects during the check would end the process.
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
    // A listener's promise is dropped, and a rejection would end the process (CWE-248).
    admit(request, stream, head)
      .catch((error: unknown) => refuse(stream, toThrownRefusal(guard, error, "upgrade")))
      .catch(() => stream.destroy());
  };
}

/** Reads the options, when the server is built. */
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
  // After the last accepted frame, more frames may arrive before the client's close frame, and
  // there may be any number of listeners.
  const guarded = (name: string, ...args: unknown[]) =>
    name === "message" && !session.isOpen() ? false : Reflect.apply(emit, socket, [name, ...args]);
  Object.defineProperty(socket, "emit", { value: guarded, configurable: true, writable: true });
  // Without a listener, a client that breaks the protocol would end the process (CWE-248).
  socket.on("error", () => {});
  socket.on("close", () => session.close());
  socket.on("message", (data, isBinary) => void answer(socket, session, readMessage(data, isBinary)));
  session.start();
}

/**
 * Passes the connection to the application. An error there ends the connection, not the process.
 */
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
    // An async function has this type too.
    if (connecting instanceof Promise) connecting.catch(fail);
  } catch (error) {
    fail(error);
  }
}

/** Answers a message that renews the session. All other messages are the application's. */
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
  // Most messages are the application's own: only possible renewals are parsed.
  if (isBinary || !Buffer.isBuffer(data) || data.length > maxMessage || !data.includes('"authenticate"'))
    return undefined;
  try {
    return JSON.parse(data.toString()) ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * Codes of RFC 6455 §7.4.1 and the registry: 1013 asks to try again later, 1008 is a policy
 * violation.
 */
function toCloseCode({ status }: Ending): number {
  if (status === 429) return 1008;
  return status >= 500 ? 1013 : expiredCloseCode;
}

/** Closes, and soon terminates a client that does not answer. */
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
  // A client that does not close must not keep the connection open (CWE-400).
  stream.once("finish", () => stream.destroy());
  stream.end(`${lines.join("\r\n")}\r\n\r\n${text}`);
}
