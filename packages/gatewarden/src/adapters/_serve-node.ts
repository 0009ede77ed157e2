// Endpoints over node:http and what is built on it: reads the body, writes the answer.
import type { ServerResponse } from "node:http";
import type { Endpoint, EndpointAnswer, EndpointRequest, ReceivedBody } from "../endpoint/endpoint.js";
import { answerFailure, type NodeRequest, type NodeResponse, toGuardRequest } from "./_node.js";
import { toReceivedText } from "./_received-text.js";

/** A request as frameworks pass it on: what a body parser made of the body, and the whole URL. */
export type ParsedRequest = NodeRequest & { readonly body?: unknown; readonly originalUrl?: string };

/** Converts a request for an endpoint. `parsed` is what a body parser has made of its body. */
export function toEndpointRequest(request: NodeRequest, url: string | undefined, parsed: unknown): EndpointRequest {
  return {
    guardRequest: toGuardRequest(request, url),
    readBody: (maxBytes) => readNodeBody(request, parsed, maxBytes),
  };
}

/** Answers a request by an endpoint. What fails meanwhile is answered 500. */
export function serveNode(endpoint: Endpoint, request: ParsedRequest, response: NodeResponse): void {
  endpoint.handle(toEndpointRequest(request, request.originalUrl, request.body)).then(
    (answer) => sendEndpointAnswer(request, response, answer),
    (error: unknown) => answerFailure(response, error),
  );
}

function sendEndpointAnswer(
  request: NodeRequest,
  response: NodeResponse,
  { status, headers, body }: EndpointAnswer,
): void {
  try {
    if (response.headersSent) return;
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value as string | string[]);
    closeUnread(request, response);
    (response as ServerResponse).end(body);
  } catch (error) {
    answerFailure(response, error);
  }
}

/**
 * A body that was not read to its end would have to be drained before the connection can be used
 * again, however long it is (CWE-400). HTTP/2 has streams instead, and forbids the header.
 */
export function closeUnread(request: NodeRequest, response: NodeResponse): void {
  if (!request.readableEnded && request.httpVersionMajor === 1) response.setHeader("connection", "close");
}

/**
 * A stream that was not read is read here; some parsers leave an empty `body` on such a request.
 */
function readNodeBody(request: NodeRequest, parsed: unknown, maxBytes: number): Promise<ReceivedBody> {
  if (!request.readableDidRead && !request.destroyed) return collect(request, maxBytes);
  return Promise.resolve(toParsedBody(parsed));
}

/** What a parser of the application made of a body. */
export function toParsedBody(parsed: unknown): ReceivedBody {
  if (parsed === undefined || parsed === null) return { problem: "unreadable" };
  if (typeof parsed === "string") return { text: parsed };
  return parsed instanceof Uint8Array ? toReceivedText(parsed) : { parsed };
}

function collect(request: NodeRequest, maxBytes: number): Promise<ReceivedBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer | string) => {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      size += bytes.length;
      if (size > maxBytes) return end({ problem: "too_large" });
      chunks.push(bytes);
    };
    const end = (body: ReceivedBody) => {
      request.off("data", take);
      request.pause();
      resolve(body);
    };
    request.on("data", take);
    request.once("end", () => end(toReceivedText(Buffer.concat(chunks))));
    request.once("error", () => end({ problem: "unreadable" }));
    request.once("close", () => end({ problem: "unreadable" }));
  });
}
