// A server that begins to listen, and one that ends without dropping a request.
import { rmSync } from "node:fs";
import { type AddressInfo, connect, type Server } from "node:net";
import type { ListenAddress } from "./listen-address.js";

/** A server that can be drained, such as those of `node:http`. */
export interface Listener extends Server {
  closeIdleConnections(): void;
  closeAllConnections(): void;
}

/** Resolves to the address as a URL, or `unix:` and a path. */
export async function listen(server: Listener, address: ListenAddress): Promise<string> {
  if ("path" in address) await removeStale(address.path);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, () => {
      server.off("error", reject);
      resolve();
    });
  });
  if ("path" in address) return `unix:${address.path}`;
  const { address: host, port, family } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${host}]` : host}:${port}`;
}

/** A server and where it listens. Undefined for one that is switched off. */
export type Listening = readonly [Listener | undefined, ListenAddress | undefined];

/** One after the other. If one cannot listen, those before it are closed again. */
export async function listenAll(all: readonly Listening[]): Promise<readonly (string | undefined)[]> {
  const addresses: (string | undefined)[] = [];
  const open: Listener[] = [];
  try {
    for (const [server, address] of all) {
      addresses.push(server && address && (await listen(server, address)));
      if (server && address) open.push(server);
    }
    return addresses;
  } catch (error) {
    await Promise.all(open.map((server) => drain(server, 0)));
    throw error;
  }
}

/** A process that was killed leaves its socket behind. One that still answers is left alone. */
async function removeStale(path: string): Promise<void> {
  const code = await new Promise<string | undefined>((resolve) => {
    const probe = connect(path, () => resolve(undefined));
    probe.once("error", ({ code: found }: NodeJS.ErrnoException) => resolve(found));
    probe.once("close", () => probe.destroy());
    probe.once("connect", () => probe.end());
  });
  if (code === "ECONNREFUSED") rmSync(path, { force: true });
}

/** Idle connections end at once, others after their answer, and all of them at the limit. */
export async function drain(server: Listener, seconds: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), seconds * 1000);
  await closed;
  clearTimeout(timer);
}
