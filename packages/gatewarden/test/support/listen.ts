// Starts servers of node:http on any free port of this machine.
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Server as TlsServer } from "node:tls";

/** A server that listens. */
export interface Listening {
  readonly origin: string;
  close(): Promise<void>;
}

/** What a server needs for TLS. */
export interface TlsTerms {
  readonly key: string;
  readonly cert: string;
}

/** As the options of `node:https`: clients are asked for a certificate, and whatever it is, they are let in (RFC 8705 §6.2). */
export function toTlsOptions({ key, cert }: TlsTerms): TlsTerms & { requestCert: true; rejectUnauthorized: false } {
  return { key, cert, requestCert: true, rejectUnauthorized: false };
}

/** Starts a request listener on a free port, with TLS if it is given the terms. */
export function listen(listener: RequestListener, tls?: TlsTerms): Promise<Listening> {
  return listenWith(tls ? createTlsServer(toTlsOptions(tls), listener) : createServer(listener));
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
  return `${server instanceof TlsServer ? "https" : "http"}://127.0.0.1:${port}`;
}
