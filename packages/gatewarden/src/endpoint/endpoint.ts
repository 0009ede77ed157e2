// Endpoints that providers and operators call, apart from any framework: `serveEndpoint` of each
// adapter mounts them.
import type { GuardRequest } from "../request/credentials.js";

/** The body of a request, or why there is none. */
export type ReceivedBody =
  | { readonly text: string }
  /** What a body parser of the application has made of it. */
  | { readonly parsed: unknown }
  | { readonly problem: "too_large" | "unreadable" };

/** A request for an endpoint. */
export interface EndpointRequest {
  readonly guardRequest: GuardRequest;
  /** Reads the body, up to `maxBytes`. Never rejects. */
  readBody(maxBytes: number): Promise<ReceivedBody>;
}

/** The answer of an endpoint. Header names are in lower case. */
export interface EndpointAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Undefined for none. */
  readonly body: string | undefined;
}

/**
 * An endpoint of this API, for `serveEndpoint` of an adapter: `gatewarden/express`, `…/fastify`,
 * `…/hono`, `…/koa`, `…/connect`, `…/node`, `…/nest`, `…/fetch`, `…/lambda`.
 */
export interface Endpoint {
  /** Answers a request. Never rejects. */
  handle(request: EndpointRequest): Promise<EndpointAnswer>;
}

/** No answer may be stored, or a cache could answer a later request (RFC 9111 §5.2.2.5). */
const noStore = { "cache-control": "no-store" } as const;

/** An answer without a body. */
export function toEmptyAnswer(status: number, headers: EndpointAnswer["headers"] = {}): EndpointAnswer {
  return { status, headers: { ...noStore, ...headers }, body: undefined };
}

/** An answer with a JSON body. */
export function toJsonAnswer(
  status: number,
  body: Readonly<Record<string, unknown>>,
  headers: EndpointAnswer["headers"] = {},
): EndpointAnswer {
  const type = { "content-type": "application/json; charset=utf-8" };
  return { status, headers: { ...noStore, ...type, ...headers }, body: JSON.stringify(body) };
}

/** For every method but POST (RFC 9110 §15.5.6). */
export function toMethodAnswer(): EndpointAnswer {
  return toEmptyAnswer(405, { allow: "POST" });
}
