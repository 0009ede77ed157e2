// Node.js: what adapters over node:http share. Reads what node:http hides or only the socket knows,
// and writes refusals. HTTP/2's compatibility objects are read and written the same way.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { TLSSocket } from "node:tls";
import type { AuthError, Connection, GuardRequest, Refusal } from "../index.js";
import { exposedHeaders, toExposed } from "./_exposed.js";

/** Headers by lower-case names, as Node.js stores them. */
export type NodeHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request of `node:http`, `node:https` or `node:http2`. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** A response of `node:http`, `node:https` or `node:http2`. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/**
 * Converts a request for the guard. `url` is what the client sent, if a framework has rewritten it
 * since.
 */
export function toGuardRequest(request: NodeRequest, url: string = request.url ?? "/"): GuardRequest {
  const { method = "GET" } = request;
  return { method, url, headers: readHeaders(request), connection: toConnection(request), incoming: request };
}

/** As above, for a request that opens a long-lived connection. */
export function toOpeningRequest(request: NodeRequest): GuardRequest {
  return { ...toGuardRequest(request), overSocket: "opening" };
}

/**
 * A request for a token that arrived after a connection was opened. The opening request still
 * provides the host, the sender and the certificate (a tenant may depend on the host). Its own
 * token does not count, and its DPoP proof proves nothing about another token (RFC 9449 §4.3).
 * Without a new token, the opening's own token is checked again.
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
 * The headers of a request, with every Authorization and Host header that was sent. node:http keeps
 * only the first (RFC 6750 §3.1, RFC 9112 §3.2).
 */
export function readHeaders(request: NodeRequest): NodeHeaders {
  const [authorization, host] = [valuesOf(request, "authorization"), valuesOf(request, "host")];
  return authorization.length < 2 && host.length < 2 ? request.headers : { ...request.headers, authorization, host };
}

/** A substitute for node:http's request may lack `rawHeaders`. */
function valuesOf({ rawHeaders = [] }: Partial<NodeRequest>, name: string): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sent = rawHeaders[index] ?? "";
    if (sent.length === name.length && sent.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? "");
  }
  return values;
}

/** Reads the socket only on demand. */
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

/** Sets status and headers. Challenges are added to those already set (RFC 9110 §11.6.1). */
export function setRefusalHead(response: NodeResponse, { status, headers }: Refusal): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, name === "www-authenticate" ? joinChallenges(response.getHeader(name), value) : value);
  }
  response.setHeader(exposedHeaders, toExposed(response.getHeader(exposedHeaders), headers));
}

/**
 * Sets status and headers for an application that answers the error itself or passes it on. The
 * error gets the headers as they were set, beside those of others: default error handlers write
 * `error.headers` over them (Express), or remove all others first (Koa).
 */
export function passOn(response: NodeResponse, refusal: Refusal, error: AuthError): void {
  setRefusalHead(response, refusal);
  const names = [...Object.keys(refusal.headers), exposedHeaders];
  error.headers = Object.fromEntries(names.map((name) => [name, response.getHeader(name) as string | string[]]));
}

/** The challenges already present, and the guard's own. */
export function joinChallenges(present: unknown, own: string | readonly string[]): string[] {
  return [present ?? [], own].flat().map(String);
}

/** Sets the headers of the answer to an accepted request. Usually there are none. */
export function setHeaders(response: NodeResponse, headers: Readonly<Record<string, string>> | undefined): void {
  if (headers === undefined) return;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader(exposedHeaders, toExposed(response.getHeader(exposedHeaders), headers));
}

/** Sends the refusal as JSON. */
export function sendRefusal(response: NodeResponse, refusal: Refusal): void {
  setRefusalHead(response, refusal);
  response.setHeader("content-type", "application/json; charset=utf-8");
  (response as ServerResponse).end(JSON.stringify(refusal.body));
}

/**
 * Answers a CORS preflight that nothing else answered. Without CORS headers a browser takes it as a
 * "no".
 */
export function sendNoContent(response: NodeResponse): void {
  response.statusCode = 204;
  (response as ServerResponse).end();
}

/**
 * For adapters without a framework: node:http has no error path, so an error would end the process
 * (CWE-248). Answers 500 if nothing was sent yet, destroys an answer that has begun, and warns the
 * operator.
 */
export function answerFailure(response: NodeResponse, error: unknown): void {
  try {
    const isError = error instanceof Error;
    const detail = isError ? error.stack : undefined;
    // By way of globalThis: bundlers for edge runtimes complain of `process.emitWarning`, and this
    // file is a part of `gatewarden/fetch` too.
    globalThis.process.emitWarning(`What follows protect failed: ${isError ? error.name : typeof error}`, {
      ...{ type: "GatewardenWarning", code: "GATEWARDEN_HANDLER" },
      ...(detail !== undefined && { detail }),
    });
  } catch {
    // Where a host cannot warn, the request is answered all the same.
  }
  if (!response.headersSent) {
    // Headers set for the intended answer do not describe this one.
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = 500;
    (response as ServerResponse).end();
  } else if (!response.writableEnded) (response as ServerResponse).destroy();
}
