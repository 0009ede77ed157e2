// An upstream that says exactly what arrived: the target and each header as they came over the wire.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** One request as the upstream saw it. */
export interface Seen {
  readonly method: string;
  readonly target: string;
  /** Names as they were spelled, in order. */
  readonly headers: readonly (readonly [string, string])[];
  /** Grows while it arrives. */
  body: string;
}

/** A running upstream. */
export interface Inspector {
  readonly port: number;
  readonly seen: readonly Seen[];
  /** Forgets what it has seen. */
  clear(): void;
  close(): Promise<void>;
}

/** Starts one on a free port. It answers everything with 200. */
export async function startInspector(): Promise<Inspector> {
  const seen: Seen[] = [];
  const note = ({ method = "", url = "", rawHeaders }: IncomingMessage): Seen => {
    const one: Seen = { method, target: url, headers: toPairs(rawHeaders), body: "" };
    seen.push(one);
    return one;
  };
  const open = new Set<Socket>();
  const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    const one = note(request);
    try {
      for await (const chunk of request) one.body += String(chunk);
    } catch {
      // The proxy gave up in the middle of the body. The request has arrived all the same.
    }
    if (request.url?.endsWith("/moved")) response.writeHead(302, { location: "/private/data" }).end();
    else if (request.url?.endsWith("/broken")) response.writeHead(500).end("broken");
    else response.writeHead(200, { "content-type": "text/plain", "x-upstream": "reached" }).end("upstream");
  });
  server.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  server.on("upgrade", (request: IncomingMessage, socket: Socket) => {
    note(request);
    socket.on("error", () => undefined);
    const upgrade = request.headers.upgrade ?? "";
    const accept = toAcceptKey(request.headers["sec-websocket-key"] ?? "");
    answerAndClose(
      socket,
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${upgrade}\r\nConnection: Upgrade\r\n${accept}\r\ntunnel`,
    );
  });
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    note(request);
    socket.on("error", () => undefined);
    answerAndClose(socket, "HTTP/1.1 200 Connected\r\n\r\ntunnel");
  });
  // Bytes that Node.js refuses still reached the upstream, where another server might accept them.
  server.on("clientError", (error: Error & { rawPacket?: Buffer }, socket: Socket) => {
    const bytes = error.rawPacket?.toString("latin1") ?? "";
    if (bytes !== "") seen.push({ method: "unreadable", target: bytes.split(" ")[1] ?? "", headers: [], body: bytes });
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    // Also those that were upgraded, which are no longer the server's own.
    for (const socket of open) socket.destroy();
    await closed;
  };
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    clear: () => {
      seen.length = 0;
    },
    close,
  };
}

function toPairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""] as [string, string]] : []));
}

/** RFC 6455 §4.2.2: some proxies check it. */
function toAcceptKey(key: string): string {
  const digest = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  return `Sec-WebSocket-Accept: ${digest}\r\n`;
}

function answerAndClose(socket: Socket, answer: string): void {
  socket.end(answer, () => socket.destroySoon());
}
