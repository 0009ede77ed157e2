// An issuer on a real socket whose behaviour a test can switch: discovery, keys, and everything that can go wrong with them.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gzipSync } from "node:zlib";

/** How one path answers. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface IssuerServer {
  readonly origin: string;
  /** `origin` with a slash: the issuer that the metadata names at first. */
  readonly issuer: string;
  /** Paths that were asked for, in order. */
  readonly requests: string[];
  count(path: string): number;
  /** Sets how a path answers from now on. */
  on(path: string, answer: Answer): void;
  /** Publishes keys at `/jwks`. */
  publish(keys: readonly unknown[], headers?: Record<string, string>): void;
  /** Drops every connection, so that nothing hangs on. */
  close(): Promise<void>;
}

export const metadataPath = "/.well-known/openid-configuration";

export async function startIssuer(): Promise<IssuerServer> {
  const answers = new Map<string, Answer>();
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    requests.push(path);
    (answers.get(path) ?? status(404))(request, response);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const on = (path: string, answer: Answer) => void answers.set(path, answer);
  on(metadataPath, json({ issuer: `${origin}/`, jwks_uri: `${origin}/jwks` }));
  return {
    origin,
    issuer: `${origin}/`,
    requests,
    on,
    count: (path) => requests.filter((one) => one === path).length,
    publish: (keys, headers) => on("/jwks", json({ keys }, headers)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

export function json(document: unknown, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(document));
  };
}

export function status(code: number): Answer {
  return (_request, response) => void response.writeHead(code).end();
}

export function text(body: string, code = 200): Answer {
  return (_request, response) => void response.writeHead(code, { "content-type": "text/html" }).end(body);
}

export function redirect(location: string, code = 302): Answer {
  return (_request, response) => void response.writeHead(code, { location }).end();
}

/** Takes the request and never answers. */
export const hang: Answer = () => {};

/** Sends headers and then a byte now and again, without end. */
export const drip: Answer = (_request, response) => {
  response.writeHead(200, { "content-type": "application/json" }).write("{");
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
};

/** Closes the connection in the middle of the body. */
export const cut: Answer = (_request, response) => {
  response.writeHead(200, { "content-length": "1000" }).write('{"keys":[');
  setTimeout(() => response.destroy(), 10);
};

/** Drops the connection without a word. */
export const reset: Answer = (request) => void request.socket.destroy();

/** 64 MiB of blanks before a good set, written as fast as the reader takes them. */
export const oversize: Answer = (_request, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  let left = 1024;
  const write = () => {
    while (left-- > 0 && !response.destroyed) if (!response.write(chunk)) return void response.once("drain", write);
    response.end();
  };
  write();
};

const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));

/** A few kilobytes that grow to 64 MiB. */
export const gzipBomb: Answer = (_request, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(bomb);
};

/** Holds the answer back until the returned function is called. */
export function gate(answer: Answer): { readonly answer: Answer; open(): void } {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  return {
    answer: (request, response) => {
      if (isOpen) answer(request, response);
      else waiting.push(() => answer(request, response));
    },
    open: () => {
      isOpen = true;
      for (const go of waiting.splice(0)) go();
    },
  };
}
