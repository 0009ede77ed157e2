// What adapters over node:http share: what it hides or only the socket knows, and writing a refusal.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Connection, GuardRequest, Refusal, RequestHeaders } from "../index.js";

/** The request as the guard wants it. `url` is the one that the client sent, where a framework has rewritten it since. */
export function toGuardRequest(request: IncomingMessage, url: string): GuardRequest {
  const { method = "GET", socket } = request;
  return { method, url, headers: readHeaders(request), connection: new NodeConnection(socket) };
}

/**
 * The headers of a request, with every Authorization and Host header that was sent: node:http keeps only the first
 * (RFC 6750 §3.1, RFC 9112 §3.2).
 */
function readHeaders(request: IncomingMessage): RequestHeaders {
  const { rawHeaders } = request;
  let authorizations = 0;
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 13 && name.toLowerCase() === "authorization") authorizations++;
    else if (name?.length === 4 && name.toLowerCase() === "host") hosts++;
  }
  if (authorizations < 2 && hosts < 2) return request.headers;
  const { authorization, host } = request.headersDistinct;
  return { ...request.headers, ...(authorization && { authorization }), ...(host && { host }) };
}

/** Nothing is read of the socket before it is asked for. */
class NodeConnection implements Connection {
  readonly #socket: IncomingMessage["socket"];

  constructor(socket: IncomingMessage["socket"]) {
    this.#socket = socket;
  }

  get isEncrypted(): boolean {
    return isTls(this.#socket);
  }

  get address(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get certificate(): Uint8Array | undefined {
    return isTls(this.#socket) ? this.#socket.getPeerX509Certificate()?.raw : undefined;
  }
}

function isTls(socket: IncomingMessage["socket"]): socket is TLSSocket {
  return "encrypted" in socket && socket.encrypted === true;
}

/** Answers with a refusal, its challenge beside what others have set (RFC 9110 §11.6.1). */
export function writeRefusal(response: ServerResponse, { status, headers, body }: Refusal): void {
  for (const [name, value] of Object.entries(headers)) {
    const values = typeof value === "string" ? value : [...value];
    if (name === "www-authenticate") response.appendHeader(name, values);
    else response.setHeader(name, values);
  }
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
