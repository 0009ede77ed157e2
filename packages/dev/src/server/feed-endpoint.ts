// `GET /dev/feed`: events as they happen (server-sent events, HTML §9.2), or the last ones as JSON.
import type { ServerResponse } from "node:http";
import type { Feed, FeedEvent } from "../console-api/feed.js";
import type { Exchange } from "./pipeline.js";
import { sendError, sendJson } from "./respond.js";

/** Keeps the connection known to be alive. */
const beat = 15_000;
/** A reader that takes nothing in is not waited for (CWE-770). */
const maxWaiting = 1024 * 1024;

export function answerFeed({ request, response }: Exchange, feed: Feed): void {
  if (!(request.headers.accept ?? "").includes("text/event-stream")) {
    sendJson(response, 200, { events: feed.recent });
    return;
  }
  const last = Number(request.headers["last-event-id"] ?? 0);
  const end = feed.subscribe((event) => write(response, event));
  if (end === undefined) {
    sendError(response, 503, "too_many_readers", "Too many pages read the feed.");
    return;
  }
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.write("retry: 1000\n\n");
  for (const event of feed.recent.filter(({ id }) => !(id <= last))) write(response, event);
  const timer = setInterval(() => response.write(": still here\n\n"), beat).unref();
  response.once("close", () => {
    clearInterval(timer);
    end();
  });
}

/** JSON has no line breaks outside of strings, and none within, so that it is one line. */
function write(response: ServerResponse, event: FeedEvent): void {
  if (response.writableLength > maxWaiting) return void response.destroy();
  response.write(`id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`);
}
