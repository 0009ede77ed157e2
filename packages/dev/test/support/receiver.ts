// A server that is told things: it records each request, and answers as the test says.
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, vi } from "vitest";

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** The statuses of the next answers, the last one for all further ones. */
  readonly answer: (...statuses: readonly number[]) => void;
  /** Waits until so many requests have come. */
  readonly wait: (count: number) => Promise<readonly ReceivedRequest[]>;
}

const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  await Promise.all(closers.map((close) => close()));
});

export async function startReceiver(): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  let statuses: readonly number[] = [200];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url: path = "", headers } = request;
    requests.push({ method, path, headers, body: Buffer.concat(chunks).toString("utf8") });
    const [status = 200, ...rest] = statuses;
    if (rest.length > 0) statuses = rest;
    response.writeHead(status, { connection: "close" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (...next) => {
      statuses = next;
    },
    wait: async (count) => {
      await vi.waitFor(() => {
        if (requests.length < count) throw new Error(`${requests.length} of ${count} requests have come`);
      }, 20_000);
      return requests;
    },
  };
}
