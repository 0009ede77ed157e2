// node:http → GuardRequest, and a refusal → node:http. HTTP/2's compatibility objects are read and written the same way.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { GuardRequest, Refusal, RequestHeaders } from "../index.js";

/** A request of `node:http`, `node:https` or `node:http2`. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** A response of `node:http`, `node:https` or `node:http2`. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** The request as the guard wants it. `url` is the URL as the client wrote it, where a framework rewrites `request.url`. */
export function toGuardRequest(request: NodeRequest, url: string = request.url ?? "/"): GuardRequest {
  return { method: request.method ?? "GET", url, headers: readHeaders(request) };
}

/**
 * The headers of a request as the guard wants them: with every Authorization header that was sent. node:http keeps only the first of
 * them, so the raw ones are counted (RFC 6750 §3.1).
 */
export function readHeaders(request: NodeRequest): RequestHeaders {
  const { rawHeaders } = request;
  let found = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (isAuthorization(rawHeaders[index])) found++;
  }
  if (found < 2) return request.headers;
  const authorization = rawHeaders.filter((_value, index) => index % 2 === 1 && isAuthorization(rawHeaders[index - 1]));
  return { ...request.headers, authorization };
}

function isAuthorization(name: string | undefined): boolean {
  return name !== undefined && name.length === 13 && name.toLowerCase() === "authorization";
}

/** Sets status and headers. Challenges are set beside those that others have set (RFC 9110 §11.6.1). */
export function setRefusalHead(response: NodeResponse, { status, headers }: Refusal): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, name === "www-authenticate" ? joinChallenges(response.getHeader(name), value) : value);
  }
}

/** The challenges that are there already, and the guard's own. */
export function joinChallenges(present: unknown, own: string | readonly string[]): string[] {
  return [present ?? [], own].flat().map(String);
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
