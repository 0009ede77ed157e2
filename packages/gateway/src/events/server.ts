// The listener for providers. Not that of proxies: there, 200 means that a request may pass.
import { createServer, type Server } from "node:http";
import { serveEndpoint } from "gatewarden/node";
import type { Endpoints } from "./endpoints.js";

const limits = {
  maxHeaderSize: 8192,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1000,
  keepAliveTimeout: 5000,
};
const maxConnections = 256;

/** A server that does not listen yet. `endpoints` are asked for with every request. */
export function createEventServer(endpoints: () => Endpoints): Server {
  const server = createServer(limits, (request, response) => {
    const endpoint = endpoints().get(request.url ?? "");
    if (endpoint === undefined) response.writeHead(404, { "content-length": 0, connection: "close" }).end();
    else serveEndpoint(endpoint)(request, response);
  });
  server.maxConnections = maxConnections;
  return server;
}
