// A listener for FastCGI authorizer requests: one question per connection, bounded in size and
// time.
import { createServer, type Server, type Socket } from "node:net";
import { authorizerRole, parseParams, parseRecord, recordType, toRecords } from "./records.js";

/** What the web server is told. */
export interface FastCgiAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** How a listener answers, and its bounds. */
export interface FastCgiOptions {
  /** Decides on the CGI variables of one request. A rejection closes the connection unanswered. */
  readonly answer: (params: ReadonlyMap<string, string>, socket: Socket) => Promise<FastCgiAnswer>;
  /** Most bytes of variables per request. */
  readonly maxBytes: number;
  /** Seconds that a web server may take to send its question. */
  readonly requestTimeout: number;
  /** Most connections at once. */
  readonly maxConnections: number;
}

/**
 * A server that answers FastCGI authorizers. It closes a connection without an answer when it
 * cannot read the question; Apache then answers 500, and the request does not go on.
 */
export function createFastCgiServer(options: FastCgiOptions): Server {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    // For the whole question, and later for reading the answer: a pause between bytes would let a
    // sender hold the connection for hours (CWE-400). How long a decision takes is the guard's own.
    const limit = () => setTimeout(() => socket.destroy(), options.requestTimeout * 1000);
    let timer = limit();
    socket.once("close", () => clearTimeout(timer));
    readQuestion(socket, options, async (requestId, params) => {
      clearTimeout(timer);
      await reply(socket, { requestId, params, options });
      if (!socket.destroyed) timer = limit();
    });
  });
  server.maxConnections = options.maxConnections;
  return server;
}

/** Calls back once, with the whole question; destroys the socket if it cannot be read. */
function readQuestion(
  socket: Socket,
  options: FastCgiOptions,
  onQuestion: (requestId: number, params: ReadonlyMap<string, string>) => Promise<void>,
): void {
  let pending: Buffer = Buffer.alloc(0);
  let requestId: number | undefined;
  const collected: Buffer[] = [];
  let size = 0;
  const onData = (chunk: Buffer) => {
    try {
      // CWE-770: what is kept of one question is bounded, whatever its records claim.
      size += chunk.length;
      if (size > options.maxBytes) throw new Error("The FastCGI request is too large");
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      for (let next = parseRecord(pending); next !== undefined; next = parseRecord(pending)) {
        pending = next.rest;
        const { type, content } = next.record;
        if (type === recordType.beginRequest && requestId === undefined) {
          if (content.length < 2 || content.readUInt16BE(0) !== authorizerRole) throw new Error("Not an authorizer");
          requestId = next.record.requestId;
        } else if (requestId === undefined || next.record.requestId !== requestId || type !== recordType.params) {
          throw new Error(`A FastCGI record of type ${type} is out of place`);
        } else if (content.length > 0) collected.push(content);
        else {
          socket.off("data", onData);
          // What follows is the body, which has no part in a decision.
          socket.resume();
          void onQuestion(requestId, parseParams(Buffer.concat(collected)));
          return;
        }
      }
    } catch {
      socket.destroy();
    }
  };
  socket.on("data", onData);
}

interface Question {
  readonly requestId: number;
  readonly params: ReadonlyMap<string, string>;
  readonly options: FastCgiOptions;
}

/** Never rejects. */
async function reply(socket: Socket, { requestId, params, options }: Question): Promise<void> {
  try {
    const { status, headers, body } = await options.answer(params, socket);
    const lines = headers.map(toLine).join("");
    const output = Buffer.from(`Status: ${status}\r\n${lines}\r\n${body}`, "latin1");
    const end = toRecords(recordType.endRequest, requestId, Buffer.alloc(8));
    // An empty STDOUT record ends that stream (§3.3).
    const close = toRecords(recordType.stdout, requestId, Buffer.alloc(0));
    socket.end(Buffer.concat([toRecords(recordType.stdout, requestId, output), close, end]));
  } catch {
    socket.destroy();
  }
}

/** A line end in a value would be another header (CWE-113). */
function toLine([name, value]: readonly [string, string]): string {
  if (/[\r\n\0]/.test(value)) throw new Error("A header of the answer has a control character");
  return `${name}: ${value}\r\n`;
}
