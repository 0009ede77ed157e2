// Providers of the internet on a real socket of this machine: only the look-up of host names is
// faked.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What a provider publishes, by URL. */
export type Published = Readonly<Record<string, object>>;

/** A server that answers for every host, and the `fetch` that leads there. */
export interface LocalProvider {
  readonly fetch: typeof globalThis.fetch;
  /** What was asked for, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Starts a server that knows these documents and answers 404 to everything else. */
export async function startLocalProvider(published: Published): Promise<LocalProvider> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const url = decodeURIComponent((request.url ?? "").slice(1));
    asked.push(url);
    const document = Object.hasOwn(published, url) ? published[url] : undefined;
    response.writeHead(document ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(document ?? { error: "not_found" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    fetch: (input, init) => globalThis.fetch(`http://127.0.0.1:${port}/${encodeURIComponent(String(input))}`, init),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
