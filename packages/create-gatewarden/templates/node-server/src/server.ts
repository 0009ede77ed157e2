// Starts the API on Node.js. Other runtimes serve `createApp(guard).fetch` themselves.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import type { ApiOptions, RunningApi } from "./api.js";
import { createApp } from "./app.js";

export async function startApi({ guard, host, port }: ApiOptions): Promise<RunningApi> {
  const server = serve({ fetch: createApp(guard).fetch, hostname: host, port });
  await once(server, "listening");
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
