// MCP on fetch: Workers, Deno, Bun, Next.js, and Hono as a middleware.
import { type Auth, type Awaitable, type GuardRequest, isPreflight } from "../index.js";
import { exposedHeaders, toExposed } from "./_exposed.js";
import { toFetchGuardRequest, toResponse } from "./_fetch.js";
import type { AuthInfo } from "./_mcp-auth-info.js";
import { parseBody } from "./_mcp-body.js";
import { isAnswer, isProblem, type McpAdmitted, type McpAnswer, type McpCheck } from "./_mcp-check.js";
import type { NodeRequest } from "./_node.js";

/** What a transport for web standards takes besides the request, in both SDKs. */
export interface McpRequestOptions {
  authInfo: AuthInfo;
  /** The JSON body, where it was read. */
  parsedBody?: unknown;
}

/** A handler behind the check. Further arguments of the host (`env`, `ctx`) follow. */
export type McpFetchHandler<Rest extends readonly unknown[]> = (
  request: Request,
  options: McpRequestOptions,
  ...rest: Rest
) => Awaitable<Response>;

/** The request as it came, and the body if something has parsed it. */
export interface FetchExchange {
  readonly request: Request;
  readonly parsedBody: unknown;
  /** The Node.js request behind it, if any. */
  readonly source?: NodeRequest | undefined;
}

/** Answers a request, or lets `proceed` do it. */
export async function answerFetch(
  check: McpCheck,
  exchange: FetchExchange,
  proceed: (options: McpRequestOptions) => Awaitable<Response>,
): Promise<Response> {
  const guardRequest = toFetchGuardRequest(exchange.request, exchange.source);
  if (isPreflight(guardRequest)) return new Response(null, { status: 204 });
  const auth = await check.checkToken(guardRequest);
  if (isAnswer(auth)) return toMcpResponse(auth);
  const parsed = await takeBody(check, exchange);
  if (isAnswer(parsed)) return toMcpResponse(parsed);
  const admitted = await admitFetch(check, auth, { ...exchange, guardRequest, parsedBody: parsed.value });
  if (isAnswer(admitted)) return toMcpResponse(admitted);
  const { authInfo } = admitted;
  const response = await proceed({ authInfo, ...(parsed.value !== undefined && { parsedBody: parsed.value }) });
  const { toWatchedResponse } = await import("./_mcp-fetch-answer.js");
  return toWatchedResponse(check, admitted, addHeaders(response, check.guard.responseHeaders(guardRequest)));
}

function admitFetch(
  check: McpCheck,
  auth: Auth<unknown>,
  { request, guardRequest, parsedBody: body }: FetchExchange & { readonly guardRequest: GuardRequest },
): Awaitable<McpAdmitted | McpAnswer> {
  const readHeader = (name: string) => request.headers.get(name) ?? undefined;
  const headers = { "content-type": readHeader("content-type") };
  return check.checkMessages(auth, { method: request.method, headers, body, guardRequest, readHeader });
}

/** Reads a copy, so that a handler that ignores the parsed body can still read the request. */
async function takeBody(
  check: McpCheck,
  { request, parsedBody }: FetchExchange,
): Promise<{ readonly value: unknown } | McpAnswer> {
  if (!check.readsBody || parsedBody !== undefined || request.body === null) return { value: parsedBody };
  if (request.bodyUsed) return { value: undefined };
  const { body } = request.clone();
  if (body === null) return { value: undefined };
  const contentType = request.headers.get("content-type") ?? undefined;
  return parseBody({ bytes: readStream(body), contentType, method: request.method });
}

/** Not every host has async iteration of streams. */
async function* readStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    // Not awaited: of two copies, the first that is cancelled waits for the other.
    reader.cancel().catch(() => {});
  }
}

/** The answer instead of the transport's. */
export function toMcpResponse(answer: McpAnswer): Response {
  if (!isProblem(answer)) return toResponse(answer);
  return new Response(JSON.stringify(answer.body), { status: answer.status, headers: answer.headers });
}

/** The next DPoP nonce, where one is due. Some responses are immutable, and are copied. */
function addHeaders(response: Response, added: Readonly<Record<string, string>> | undefined): Response {
  if (added === undefined) return response;
  const copy = new Response(response.body, response);
  for (const [name, value] of Object.entries(added)) copy.headers.set(name, value);
  copy.headers.set(exposedHeaders, toExposed(copy.headers.get(exposedHeaders), added));
  return copy;
}
