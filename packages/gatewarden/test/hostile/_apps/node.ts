// Bare node:http behind the guard.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { protect } from "../../../src/adapters/node.js";
import { hurry, listening, readFacts, serve } from "./_serve.js";

await serve((guard) => {
  const answer = (_request: IncomingMessage, response: ServerResponse, auth: Parameters<typeof readFacts>[0]) => {
    if (!response.headersSent) response.end(readFacts(auth));
  };
  return listening(hurry(createServer(protect(guard, answer))));
});
