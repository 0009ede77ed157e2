// Bare node:http2 behind the guard.
import { createServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { protect } from "../../../src/adapters/node.js";
import { hurry, listening, readFacts, serve } from "./_serve.js";

await serve((guard) => {
  const answer = (
    _request: Http2ServerRequest,
    response: Http2ServerResponse,
    auth: Parameters<typeof readFacts>[0],
  ) => {
    if (!response.headersSent) response.end(readFacts(auth));
  };
  return listening(hurry(createServer(protect(guard, answer))));
});
