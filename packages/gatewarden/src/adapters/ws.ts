// ws: the upgrade is checked before the WebSocket exists, the connection closes with 4401 when the token expires, a message renews it.
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket, WebSocketServer } from "ws";
import { AuthError, type Guard, type Refusal, type Requirement } from "../index.js";
import { toGuardRequest } from "./_node.js";
import { type AuthFor, createCheck, type NeedOptions, readNeed } from "./_protect.js";
import { Session } from "./_session.js";

export type { NeedOptions, Session };

/** What is needed to connect, and what happens then. */
export interface UpgradeOptions<Claims, Wanted> {
  /** Makes the WebSockets: `new WebSocketServer({ noServer: true })`. */
  readonly sockets: WebSocketServer;
  /** What a connection needs beyond a valid token. */
  readonly need?: Wanted;
  /** A connection that passed. `session.auth` is always that of the latest token. */
  readonly onConnection: (
    socket: WebSocket,
    session: Session<Claims, AuthFor<Claims, Wanted>>,
    request: IncomingMessage,
  ) => void;
}

/** The close code of a connection whose token expired (from the range for applications, RFC 6455 §7.4.2). */
export const expiredCloseCode = 4401;

/**
 * A listener for a server's upgrades: `server.on("upgrade", protectUpgrade(guard, { sockets, need: permission("read:feed"), onConnection }))`.
 * Refused upgrades are answered with status, challenge and JSON. To go on after its token a client sends
 * `{"type":"authenticate","token":"…"}` before, and is answered `authenticated` or `refused`; an anonymous one (`optional`) logs in so.
 */
export function protectUpgrade<Claims, const Wanted extends Requirement | NeedOptions = Requirement>(
  guard: Guard<Claims>,
  options: UpgradeOptions<Claims, Wanted>,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const needs = Object.hasOwn(options, "need") ? [options.need] : [];
  const check = createCheck(guard, needs);
  const { requirement } = readNeed(needs);
  const toSend = new WeakMap<IncomingMessage, Readonly<Record<string, string>>>();
  options.sockets.on("headers", (lines, request) => {
    for (const [name, value] of Object.entries(toSend.get(request) ?? {})) lines.push(`${name}: ${value}`);
  });
  return async (request, stream, head) => {
    // Without a listener, a client that goes away during the check would end the process.
    const ignore = () => stream.destroy();
    stream.on("error", ignore);
    const guardRequest = toGuardRequest(request);
    const auth = await check(guardRequest);
    if (auth instanceof AuthError) return refuse(stream, guard.refusal(auth));
    stream.off("error", ignore);
    const headers = guard.responseHeaders(guardRequest);
    if (headers) toSend.set(request, headers);
    options.sockets.handleUpgrade(request, stream, head, (socket) => {
      const onExpired = (error: AuthError) => socket.close(expiredCloseCode, error.reason);
      const session = new Session<Claims, AuthFor<Claims, Wanted>>({
        guard,
        requirement,
        auth,
        opening: request,
        onExpired,
      });
      socket.on("close", () => session.end());
      socket.on("message", (data, isBinary) => {
        if (!isBinary) void renew(socket, session, { text: String(data), guard });
      });
      options.onConnection(socket, session, request);
    });
  };
}

/** Reads a message to renew the session, and answers it. Whatever else it is, it is the application's. */
async function renew<Claims, Found extends AuthFor<Claims, NeedOptions>>(
  socket: WebSocket,
  session: Session<Claims, Found>,
  { text, guard }: { readonly text: string; readonly guard: Guard<Claims> },
): Promise<void> {
  const message = readMessage(text);
  if (message?.type !== "authenticate") return;
  const error = await session.renew(message.token);
  const answer = error
    ? { type: "refused", ...guard.refusal(error).body }
    : { type: "authenticated", expires_at: session.auth?.expiresAt };
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(answer));
}

function readMessage(text: string): { readonly type?: unknown; readonly token?: unknown } | undefined {
  // Most messages are the application's own: only what can be ours is parsed.
  if (!text.includes('"authenticate"')) return undefined;
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
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
  stream.end(`${lines.join("\r\n")}\r\n\r\n${text}`);
}
