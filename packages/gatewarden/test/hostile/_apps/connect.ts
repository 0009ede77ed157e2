// The smallest framework of Connect's kind: it catches nothing, and is told of errors.
import { createServer, type ServerResponse } from "node:http";
import { protect, readAuth } from "../../../src/adapters/connect.js";
import { hurry, listening, readFacts, serve } from "./_serve.js";

await serve((guard) => {
  const check = protect(guard);
  const answer = (response: ServerResponse, status: number, text: string) => {
    if (!response.headersSent) response.writeHead(status).end(text);
  };
  const server = createServer((request, response) => {
    check(request, response, (error) => {
      if (error === undefined) answer(response, 200, readFacts(readAuth(guard, request)));
      else answer(response, 500, "");
    });
  });
  return listening(hurry(server));
});
