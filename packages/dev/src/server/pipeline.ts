// A list of handlers for requests: each answers, or calls the next. An earlier handler can wrap
// later ones.
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { TenantError } from "../errors.js";
import { sendError } from "./respond.js";
import { readTarget } from "./target.js";

/** One request and its response on their way through the handlers. */
export interface Exchange {
  /** A handler may replace it with a rewritten request before it calls `next`. */
  request: IncomingMessage;
  readonly response: ServerResponse;
  /** The request's path and query; ignore the host. */
  readonly url: URL;
}

export type Handler = (exchange: Exchange, next: () => Promise<void>) => Promise<void>;

/**
 * Creates a listener from handlers. It never throws: an error in a listener would end the process
 * (CWE-248). A `TenantError` is the client's fault and answered with 400. Anything else is answered
 * with a plain 500 and passed to `onError`.
 */
export function toListener(handlers: readonly Handler[], onError: (error: Error) => void): RequestListener {
  return (request, response) => {
    const url = readTarget(request);
    if (url === undefined) return sendError(response, 400, "invalid_request", "The request target must be a path.");
    run(handlers, { request, response, url }).catch((error: unknown) => {
      if (isHangUp(error, request)) return;
      if (error instanceof TenantError) return refuse(error, request, response);
      onError(error instanceof Error ? error : new Error("A handler failed with something that is not an error."));
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
      response.end("The local tenant failed; its console says why.\n");
    });
  };
}

/** The unread rest of a refused body must not be parsed as the next request. */
function refuse(error: TenantError, request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) return void response.destroy();
  if (!request.complete) response.setHeader("connection", "close");
  sendError(response, 400, error.code, error.message);
}

/**
 * Whether the client disconnected before its request was complete. It waits for no answer, and the
 * tenant did not fail.
 */
function isHangUp(error: unknown, { complete }: IncomingMessage): boolean {
  return !complete && error instanceof Error && "code" in error && error.code === "ECONNRESET";
}

async function run(handlers: readonly Handler[], exchange: Exchange): Promise<void> {
  const [handler, ...rest] = handlers;
  await handler?.(exchange, () => run(rest, exchange));
}
