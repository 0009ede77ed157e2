// The suite cannot send a token: it has no option for headers. This proxy passes on every request as
// it is, with `Authorization` added, and every response as it is.
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";

export interface Forwarder {
  readonly url: string;
  readonly close: () => void;
}

/** Listens on a free port of this machine and forwards to `target`, with the token that is due. */
export async function startForwarder(target: string, token: () => string): Promise<Forwarder> {
  const { hostname, port, pathname } = new URL(target);
  const server: Server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const onward = request({ hostname, port, method, path, agent: false }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders);
      pipeline(response, outgoing, () => {});
    });
    for (const [name, values] of Object.entries(incoming.headersDistinct)) onward.setHeader(name, values ?? []);
    if (headers.host !== undefined) onward.setHeader("host", headers.host);
    onward.setHeader("authorization", `Bearer ${token()}`);
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => outgoing.writableFinished || onward.destroy());
    pipeline(incoming, onward, () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: own, close };
}
