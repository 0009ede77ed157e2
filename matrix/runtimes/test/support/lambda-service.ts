// The side of AWS: hands events to a function's process over the runtime API, and takes what it posts.
import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type ServerResponse } from "node:http";
import { join } from "node:path";
import process from "node:process";
import { listenWith } from "../../../../packages/gatewarden/test/support/listen.js";
import { end } from "./runtime.js";
import { folder } from "./scratch.js";

/** What came of an event. */
export interface Invocation {
  readonly kind: "response" | "error";
  // biome-ignore lint/suspicious/noExplicitAny: JSON, as the test expects it.
  readonly result: any;
}

export interface LambdaService {
  invoke(event: unknown): Promise<Invocation>;
  stop(): Promise<void>;
}

/** Starts a function's process with a Node.js of this matrix. */
export async function startFunction(node: string, bundle: string, env: Record<string, string>): Promise<LambdaService> {
  const waiting: [event: unknown, done: (invocation: Invocation) => void][] = [];
  const pending = new Map<string, (invocation: Invocation) => void>();
  let idle: ServerResponse | undefined;
  let count = 0;
  const hand = () => {
    const response = idle;
    const [event, done] = (response && waiting.shift()) ?? [];
    if (!response || !done) return;
    idle = undefined;
    const id = `request-${++count}`;
    pending.set(id, done);
    response.writeHead(200, { "lambda-runtime-aws-request-id": id }).end(JSON.stringify(event));
  };
  const server = createServer(async (request, response) => {
    const [id = "", kind = ""] = (request.url ?? "").split("/").slice(-2);
    if (kind === "next") {
      idle = response;
      hand();
      return;
    }
    let text = "";
    for await (const chunk of request) text += chunk;
    response.writeHead(202).end();
    pending.get(id)?.({ kind: kind as Invocation["kind"], result: JSON.parse(text) });
  });
  const { origin, close } = await listenWith(server);
  const child: ChildProcess = spawn(node, [join(folder, "run/lambda-loop.mjs"), bundle], {
    env: { PATH: process.env["PATH"], AWS_LAMBDA_RUNTIME_API: new URL(origin).host, NODE_NO_WARNINGS: "1", ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const failed = new Promise<never>((_resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The function ended with ${code}`)));
  });
  failed.catch(() => {});
  return {
    invoke: (event) => {
      const done = new Promise<Invocation>((resolve) => waiting.push([event, resolve]));
      hand();
      return Promise.race([done, failed]);
    },
    stop: async () => {
      await end(child);
      await close();
    },
  };
}
