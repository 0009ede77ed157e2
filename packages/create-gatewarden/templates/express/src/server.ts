// Starts the API.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ApiOptions, RunningApi } from "./api.js";
import { createApp } from "./app.js";

export async function startApi({ guard, host, port }: ApiOptions): Promise<RunningApi> {
  const server = createServer(createApp(guard)).listen(port, host);
  await once(server, "listening");
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
