// Requests pass a list of handlers; each answers, or hands on to the next. A later handler can be wrapped by an earlier one.
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

/** One request and its response on the way through the handlers. */
export interface Exchange {
  /** A handler may put a rewritten request in its place before it calls `next`. */
  request: IncomingMessage;
  readonly response: ServerResponse;
  /** The request's path and query; the host part is of no meaning. */
  readonly url: URL;
}

export type Handler = (exchange: Exchange, next: () => Promise<void>) => Promise<void>;

/** Makes a listener of handlers. What a handler throws is answered with a plain 500 and told to `onError`. */
export function toListener(handlers: readonly Handler[], onError: (error: Error) => void): RequestListener {
  return (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    run(handlers, { request, response, url }).catch((error: unknown) => {
      onError(error instanceof Error ? error : new Error(String(error)));
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
      response.end("The local tenant failed; its console says why.\n");
    });
  };
}

async function run(handlers: readonly Handler[], exchange: Exchange): Promise<void> {
  const [handler, ...rest] = handlers;
  await handler?.(exchange, () => run(rest, exchange));
}
