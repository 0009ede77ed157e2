// An upstream that says exactly what arrived: the target and each header as they came over the wire.
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** One request as the upstream saw it. */
export interface Seen {
  readonly method: string;
  readonly target: string;
  /** Names as they were spelled, in order. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
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
  const note = (request: IncomingMessage, body: string) => {
    seen.push({ method: request.method ?? "", target: request.url ?? "", headers: toPairs(request.rawHeaders), body });
  };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    note(request, body);
    if (request.url?.endsWith("/moved")) response.writeHead(302, { location: "/private/data" }).end();
    else if (request.url?.endsWith("/broken")) response.writeHead(500).end("broken");
    else response.writeHead(200, { "content-type": "text/plain", "x-upstream": "reached" }).end("upstream");
  });
  server.on("upgrade", (request: IncomingMessage, socket: Socket) => {
    note(request, "");
    socket.on("error", () => undefined);
    const upgrade = request.headers.upgrade ?? "";
    socket.end(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${upgrade}\r\nConnection: Upgrade\r\n\r\ntunnel`);
  });
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    note(request, "");
    socket.on("error", () => undefined);
    socket.end("HTTP/1.1 200 Connected\r\n\r\ntunnel");
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
    server.closeAllConnections();
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
