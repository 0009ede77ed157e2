// A function of AWS Lambda behind the guard, with events of a REST API made from real requests.
import { createServer } from "node:http";
import { type LambdaEvent, protect } from "../../../src/adapters/lambda.js";
import { readSent, toEvent, writeResult } from "../../adapters/_lambda-gateway.js";
import { listening, readFacts, serve } from "./_serve.js";

await serve((guard) => {
  const handler = protect(guard, (_event: LambdaEvent, auth) => ({ statusCode: 200, body: readFacts(auth) }));
  return listening(
    createServer(async (request, response) => {
      try {
        writeResult("rest", await handler(toEvent("rest", await readSent(request)), {}), response);
      } catch (error) {
        // As API Gateway answers for a function that failed.
        if (!response.headersSent) response.writeHead(502).end(String(error));
      }
    }),
  );
});
