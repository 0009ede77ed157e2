// An authorizer of node:http that allows everything without looking: what the gateway could cost at the least.
import { createServer } from "node:http";

createServer((_request, response) => response.writeHead(200, { "content-length": 0 }).end()).listen(
  Number(process.argv[2]),
  "127.0.0.1",
);
