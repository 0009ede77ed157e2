// What stands behind workerd's Cache API. workerd keeps no cache: it hands `match` and `put` to a service, as HTTP (`cacheApiOutbound`,
// https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp): GET with `cache-control: only-if-cached`, and PUT of a
// whole answer as text.
import { createServer, type IncomingMessage } from "node:http";
import { type Listening, listenWith } from "../../../../packages/gatewarden/test/support/listen.js";

export interface CacheServer extends Listening {
  /** By namespace and URL: the stored answer, its head and its body. */
  readonly entries: Map<string, Buffer>;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Starts one. It keeps what it is given until it ends: how long an answer may be used is for its reader to say. */
export async function startCacheServer(): Promise<CacheServer> {
  const entries = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const body = await readAll(request);
    const key = `${request.headers["cf-cache-namespace"] ?? "default"} ${request.headers.host ?? ""}${request.url}`;
    if (request.method === "PUT") {
      entries.set(key, body);
      response.writeHead(204).end();
      return;
    }
    const entry = entries.get(key);
    if (!entry) {
      response.writeHead(504, { "cf-cache-status": "MISS" }).end();
      return;
    }
    const end = entry.indexOf("\r\n\r\n");
    const [, ...lines] = entry.subarray(0, end).toString().split("\r\n");
    const headers = lines.map((line) => line.split(/:\s*/, 1).concat(line.replace(/^[^:]*:\s*/, "")));
    const kept = headers.filter(([name = ""]) => !/^(transfer-encoding|content-length)$/i.test(name));
    response.writeHead(200, { ...Object.fromEntries(kept), "cf-cache-status": "HIT" }).end(entry.subarray(end + 4));
  });
  return { ...(await listenWith(server)), entries };
}
