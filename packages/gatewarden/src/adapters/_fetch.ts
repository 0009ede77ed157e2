// Request → GuardRequest, and a refusal → Response.
import type { GuardRequest, Refusal, RequestHeaders } from "../index.js";
import { exposedHeaders, toExposed } from "./_exposed.js";
import { type NodeRequest, toConnection } from "./_node.js";

/** The part of `Headers` that is read. */
type HeadersReader = Extract<RequestHeaders, { get(name: string): string | null }>;

/**
 * Converts a request for the guard. `source` is the Node.js request behind it, if any: it knows the
 * connection.
 */
export function toFetchGuardRequest(
  request: Pick<GuardRequest, "method" | "url"> & { readonly headers: HeadersReader },
  source?: NodeRequest,
): GuardRequest {
  const { method, url } = request;
  const headers = source?.httpVersionMajor === 2 ? withHost(request.headers, source) : request.headers;
  return { method, url, headers, incoming: request, ...(source?.socket && { connection: toConnection(source) }) };
}

/**
 * HTTP/2 names the host in `:authority` (RFC 9113 §8.3.1), which `Headers` cannot hold. A different
 * Host makes two values, which the guard rejects as no host at all.
 */
function withHost(headers: HeadersReader, { headers: { ":authority": authority } }: NodeRequest): RequestHeaders {
  if (typeof authority !== "string") return headers;
  const hosts = new Set([authority, headers.get("host") ?? authority]);
  return { get: (name) => (name === "host" ? [...hosts].join(", ") : headers.get(name)) };
}

/**
 * Converts a refusal to a JSON response. `headers` replaces the refusal's own, for frameworks that
 * have already added others.
 */
export function toResponse(refusal: Refusal, headers: Headers = toFetchHeaders(refusal)): Response {
  headers.set(exposedHeaders, toExposed(headers.get(exposedHeaders), refusal.headers));
  const answer = new Response(JSON.stringify(refusal.body), { status: refusal.status, headers });
  answer.headers.set("content-type", "application/json; charset=utf-8");
  return answer;
}

/** Converts the headers of a refusal. */
export function toFetchHeaders(refusal: Refusal): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(refusal.headers)) {
    for (const one of [value].flat()) headers.append(name, one);
  }
  return headers;
}
