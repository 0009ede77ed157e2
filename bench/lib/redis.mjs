// A Redis server of the benchmark's own, on all cores: the benchmark itself is pinned to one.
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "redis";
import { isListening, pickPort } from "../../scripts/lib/ports.mjs";
import { startChild, stopChild } from "../../scripts/lib/processes.mjs";
import { findProgram } from "../../scripts/lib/programs.mjs";
import { canPin } from "./pin.mjs";

export async function startRedis() {
  const program = findProgram("redis-server");
  if (program === undefined) throw new Error("There is no redis-server; install it, or set REDIS_SERVER_PATH");
  const folder = await mkdtemp(join(tmpdir(), "gatewarden-bench-"));
  const port = await pickPort(0, "127.0.0.1");
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
  const cores = `0-${cpus().length - 1}`;
  const child = canPin
    ? startChild("taskset", ["-c", cores, program, ...args], { stdio: "ignore" })
    : startChild(program, args, { stdio: "ignore" });
  while (!(await isListening(port))) await delay(20);
  return {
    port,
    async readMemory() {
      const client = await createClient({ socket: { host: "127.0.0.1", port } }).connect();
      const text = await client.info("memory");
      client.destroy();
      return Number(/used_memory:(\d+)/.exec(text)?.[1]);
    },
    async close() {
      await stopChild(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
