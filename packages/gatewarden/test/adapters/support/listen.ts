// Starts servers of node:http on any free port of this machine.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that listens. */
export interface Listening {
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts a request listener on a free port. */
export function listen(listener: RequestListener): Promise<Listening> {
  return listenWith(createServer(listener));
}

/** Starts a server on a free port. */
export async function listenWith(server: Server): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: originOf(server),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Where a server listens. */
export function originOf(server: { address(): AddressInfo | string | null }): string {
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
