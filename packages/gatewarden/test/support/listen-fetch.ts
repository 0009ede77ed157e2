// Starts a fetch handler on Node.js, by Hono's server.
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createAdaptorServer } from "@hono/node-server";
import { type Listening, listenWith, type TlsTerms, toTlsOptions } from "./listen.js";

type FetchHandler = Parameters<typeof createAdaptorServer>[0]["fetch"];

/** Starts a fetch handler on a free port, with TLS if it is given the terms. */
export function listenFetch(fetch: FetchHandler, tls?: TlsTerms): Promise<Listening> {
  const server = tls
    ? createAdaptorServer({ fetch, createServer: createTlsServer, serverOptions: toTlsOptions(tls) })
    : createAdaptorServer({ fetch, createServer: createHttpServer });
  return listenWith(server as Server);
}
