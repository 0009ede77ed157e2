// What adapters over node:http share: what it hides or only the socket knows, and writing a refusal. HTTP/2's compatibility objects
// are read and written the same way.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { TLSSocket } from "node:tls";
import type { Connection, GuardRequest, Refusal } from "../index.js";
import { exposedHeaders, toExposed } from "./_exposed.js";

/** Headers by lower-case names, as Node.js holds them. */
export type NodeHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request of `node:http`, `node:https` or `node:http2`. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** A response of `node:http`, `node:https` or `node:http2`. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** The request as the guard wants it. `url` is the one that the client sent, where a framework has rewritten it since. */
export function toGuardRequest(request: NodeRequest, url: string = request.url ?? "/"): GuardRequest {
  const { method = "GET" } = request;
  return { method, url, headers: readHeaders(request), connection: toConnection(request), incoming: request };
}

/** As above, for a request that opens a connection which goes on after it. */
export function toOpeningRequest(request: NodeRequest): GuardRequest {
  return { ...toGuardRequest(request), overSocket: "opening" };
}

/**
 * A token that came over a connection after it was opened, as a request: the opening one still says at which host and from whom (a tenant
 * may be told by it, a certificate is), but its own token does not count, and its DPoP proof proves nothing of another (RFC 9449 §4.3).
 * Without one, the opening's own token is looked at again.
 */
export function toLaterRequest(opening: NodeRequest, authorization?: NodeHeaders[string]): GuardRequest {
  const { method, url, headers: sent, connection } = toGuardRequest(opening);
  const headers = { ...sent, dpop: undefined, ...(authorization !== undefined && { authorization }) } as NodeHeaders;
  const overSocket = authorization === undefined ? "opening" : "message";
  return { method, url, headers, overSocket, ...(connection && { connection }) };
}

/** What the socket of a request knows. */
export function toConnection({ socket }: NodeRequest): Connection {
  return new NodeConnection(socket);
}

/**
 * The headers of a request, with every Authorization and Host header that was sent: node:http keeps only the first
 * (RFC 6750 §3.1, RFC 9112 §3.2).
 */
export function readHeaders(request: NodeRequest): NodeHeaders {
  const [authorization, host] = [valuesOf(request, "authorization"), valuesOf(request, "host")];
  return authorization.length < 2 && host.length < 2 ? request.headers : { ...request.headers, authorization, host };
}

/** What was made in the place of node:http's request may lack `rawHeaders`. */
function valuesOf({ rawHeaders = [] }: Partial<NodeRequest>, name: string): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sent = rawHeaders[index] ?? "";
    if (sent.length === name.length && sent.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? "");
  }
  return values;
}

/** Nothing is read of the socket before it is asked for. */
class NodeConnection implements Connection {
  readonly #socket: NodeRequest["socket"];

  constructor(socket: NodeRequest["socket"]) {
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

function isTls(socket: NodeRequest["socket"]): socket is TLSSocket {
  return "encrypted" in socket && socket.encrypted === true;
}

/** Sets status and headers. Challenges are set beside those that others have set (RFC 9110 §11.6.1). */
export function setRefusalHead(response: NodeResponse, { status, headers }: Refusal): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, name === "www-authenticate" ? joinChallenges(response.getHeader(name), value) : value);
  }
  response.setHeader(exposedHeaders, toExposed(response.getHeader(exposedHeaders), headers));
}

/** The challenges that are there already, and the guard's own. */
export function joinChallenges(present: unknown, own: string | readonly string[]): string[] {
  return [present ?? [], own].flat().map(String);
}

/** Sets what the answer to an accepted request tells: mostly nothing. */
export function setHeaders(response: NodeResponse, headers: Readonly<Record<string, string>> | undefined): void {
  if (headers === undefined) return;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader(exposedHeaders, toExposed(response.getHeader(exposedHeaders), headers));
}

/** Answers with the refusal as JSON. */
export function sendRefusal(response: NodeResponse, refusal: Refusal): void {
  setRefusalHead(response, refusal);
  response.setHeader("content-type", "application/json; charset=utf-8");
  (response as ServerResponse).end(JSON.stringify(refusal.body));
}

/** Answers a CORS preflight that nothing else answered: without CORS headers, which is "no" to a browser. */
export function sendNoContent(response: NodeResponse): void {
  response.statusCode = 204;
  (response as ServerResponse).end();
}

/**
 * For adapters without a framework: node:http has no error path, so an error would end the process
 * (CWE-248). Answers 500 if nothing was answered yet, ends the connection of an answer that has
 * begun, and tells the operator.
 */
export function answerFailure(response: NodeResponse, error: unknown): void {
  try {
    const isError = error instanceof Error;
    const detail = isError ? error.stack : undefined;
    process.emitWarning(`What follows protect failed: ${isError ? error.name : typeof error}`, {
      ...{ type: "GatewardenWarning", code: "GATEWARDEN_HANDLER" },
      ...(detail !== undefined && { detail }),
    });
  } catch {
    // Where a host cannot warn, the request is answered all the same.
  }
  if (!response.headersSent) {
    // What describes the answer that was to be does not describe this one.
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = 500;
    (response as ServerResponse).end();
  } else if (!response.writableEnded) (response as ServerResponse).destroy();
}
