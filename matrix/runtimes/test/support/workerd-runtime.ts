// workerd, the runtime of Cloudflare Workers, with the same bundle as would be deployed.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Answers, end, type Runtime, readLine, type Served } from "./runtime.js";
import type { Scratch } from "./scratch.js";

/** The day whose behaviour the Worker asks for. */
const compatibilityDate = "2026-01-01";

/** workerd with compatibility flags, such as `nodejs_compat`. */
export function createWorkerd(name: string, binary: string, flags: readonly string[]): Runtime {
  const serve = async (issuer: string, scratch: Scratch): Promise<Served> => {
    const file = join(scratch.path, `${randomUUID()}.capnp`);
    await writeFile(file, toConfig(issuer, flags));
    const child: ChildProcess = spawn(binary, ["serve", file, "--control-fd=3"], {
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    const control = child.stdio[3] as NodeJS.ReadableStream;
    const { port } = await readLine<{ port: number }>(child, control);
    return { origin: `http://127.0.0.1:${port}`, stop: () => end(child) };
  };
  return {
    name,
    binary,
    serve,
    async answer(questions, scratch) {
      const served = await serve("http://127.0.0.1/", scratch);
      try {
        const body = JSON.stringify(questions);
        const response = await fetch(`${served.origin}/decide`, { method: "POST", body });
        const text = await response.text();
        if (!response.ok) throw new Error(`workerd answered ${response.status}: ${text.slice(0, 500)}`);
        return JSON.parse(text) as Answers;
      } finally {
        await served.stop();
      }
    },
  };
}

/** The network includes this machine, where the tests' issuer is. */
function toConfig(issuer: string, flags: readonly string[]): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
  compatibilityDate = "${compatibilityDate}",
  compatibilityFlags = ${JSON.stringify(flags)},
  bindings = [(name = "ISSUER", text = ${JSON.stringify(issuer)})],
);
`;
}
