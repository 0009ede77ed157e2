// Endpoints over fetch: Request → Response.
import type { Endpoint, EndpointAnswer, ReceivedBody } from "../endpoint/endpoint.js";
import { toFetchGuardRequest } from "./_fetch.js";
import type { NodeRequest } from "./_node.js";
import { toReceivedText } from "./_received-text.js";

/** The parts of a request that are read. */
export interface EndpointFetchRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  /** A web stream, or null. */
  readonly body?: unknown;
  readonly bodyUsed?: boolean;
  text(): Promise<string>;
}

/**
 * Answers a request by an endpoint. `readText` provides the body where the framework has read it
 * already.
 */
export async function serveFetch(
  endpoint: Endpoint,
  request: EndpointFetchRequest,
  { source, readText = () => request.text() }: { source?: NodeRequest | undefined; readText?: () => Promise<string> },
): Promise<Response> {
  const answer = await endpoint.handle({
    guardRequest: toFetchGuardRequest(request, source),
    readBody: (maxBytes) => readFetchBody(request, maxBytes, readText),
  });
  return toEndpointResponse(answer);
}

function toEndpointResponse({ status, headers, body }: EndpointAnswer): Response {
  const all = new Headers();
  for (const [name, value] of Object.entries(headers)) for (const one of [value].flat()) all.append(name, one);
  // 204 must have no body, not even an empty one (Fetch §6.3).
  return new Response(status === 204 ? null : (body ?? ""), { status, headers: all });
}

async function readFetchBody(
  request: EndpointFetchRequest,
  maxBytes: number,
  readText: () => Promise<string>,
): Promise<ReceivedBody> {
  try {
    const { body } = request;
    if (!request.bodyUsed && body instanceof ReadableStream) return await collect(body, maxBytes);
    const text = await readText();
    return text.length > maxBytes ? { problem: "too_large" } : { text };
  } catch {
    return { problem: "unreadable" };
  }
}

async function collect(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<ReceivedBody> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return toReceivedText(join(chunks, size));
    size += value.byteLength;
    if (size > maxBytes) {
      reader.cancel().catch(() => undefined);
      return { problem: "too_large" };
    }
    chunks.push(value);
  }
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
