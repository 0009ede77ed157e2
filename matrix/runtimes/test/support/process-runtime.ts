// Runtimes that run `run/main.mjs` and `run/serve.mjs` as processes: Node.js, Bun and Deno.
import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { type Answers, end, type Runtime, readLine } from "./runtime.js";
import { folder, type Scratch } from "./scratch.js";

const run = promisify(execFile);

/** How it is started. */
interface Settings {
  readonly binary: string;
  /** Before the script. */
  readonly args?: readonly string[];
  /** Behave as if there were no `node:crypto`. */
  readonly isWebCrypto?: boolean;
}

/** A runtime that is started once per question. */
export function createProcessRuntime(name: string, { binary, args = [], isWebCrypto = false }: Settings): Runtime {
  const flags = isWebCrypto ? ["--web-crypto"] : [];
  const script = (file: string) => [...args, join(folder, "run", file)];
  // Nothing of theirs is left behind, and nothing is asked of the world.
  const environment = ({ path }: Scratch) => ({
    ...process.env,
    DENO_DIR: join(path, "deno"),
    DENO_NO_UPDATE_CHECK: "1",
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
    NODE_NO_WARNINGS: "1",
  });
  return {
    name,
    binary,
    async answer(questions, scratch) {
      const file = join(scratch.path, `${randomUUID()}.json`);
      await writeFile(file, JSON.stringify(questions));
      const all = [...script("main.mjs"), file, scratch.keys, ...flags];
      const options = { env: environment(scratch), cwd: folder, maxBuffer: 2 ** 26 };
      const { stdout } = await run(binary, all, options);
      return JSON.parse(stdout) as Answers;
    },
    async serve(issuer, scratch) {
      const child = spawn(binary, [...script("serve.mjs"), issuer, ...flags], {
        env: environment(scratch),
        cwd: folder,
        stdio: ["pipe", "pipe", "inherit"],
      });
      const { port } = await readLine<{ port: number }>(child, child.stdout);
      return { origin: `http://127.0.0.1:${port}`, stop: () => end(child) };
    },
  };
}
