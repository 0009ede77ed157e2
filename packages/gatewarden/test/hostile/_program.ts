// One program under attack: a process of its own that ends, as any Node.js does, when an exception
// or a rejection escapes. It is made from the sources when the test runs, and started again after
// it ended.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Hello } from "./_apps/_serve.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Program {
  /** Where it listens. Starts it, if it does not run. */
  hello(): Promise<Hello>;
  /** Undefined once it has done what it was about to do; or how it ended. */
  isAlive(): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** The program `_apps/<name>.ts`. */
export function createProgram(name: string): Program {
  let text: Promise<string> | undefined;
  let running: Running | undefined;
  return {
    async hello() {
      text ??= bundle(name);
      if (!running || running.end !== undefined) running = start(await text);
      return running.hello;
    },
    isAlive: async () => (running?.end === undefined ? running?.ping() : running.end),
    async stop() {
      running?.child.kill("SIGKILL");
      await running?.ended;
    },
  };
}

/** The sources as one module; packages stay outside, so that there is one copy of each. */
async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${root}test/hostile/_apps/${name}.ts`],
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

interface Running {
  readonly child: ChildProcess;
  readonly hello: Promise<Hello>;
  readonly ended: Promise<string>;
  ping(): Promise<string | undefined>;
  end: string | undefined;
}

function start(text: string): Running {
  // From its standard input, so that packages are found from here and no file is left behind.
  const child = spawn(process.execPath, ["--input-type=module", "--no-warnings", "-"], {
    cwd: root,
    env: { ...process.env, NODE_ENV: "test", NODE_OPTIONS: "" },
    stdio: ["pipe", "ignore", "pipe", "ipc"],
  });
  child.stdin?.end(text);
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (part: string) => {
    errors = (errors + part).slice(-4000);
  });
  const running: Running = {
    child,
    end: undefined,
    hello: new Promise((resolve, reject) => {
      child.once("message", (message) => resolve(message as Hello));
      child.once("close", () => reject(new Error(`The program ended before it listened: ${errors}`)));
    }),
    ended: new Promise((resolve) => {
      child.once("close", (code, signal) => {
        running.end = `${signal ?? code}: ${errors}`;
        resolve(running.end);
      });
    }),
    async ping() {
      const pong = once(child, "message").then(() => undefined);
      child.send("ping", () => {});
      return Promise.race([pong, running.ended]);
    },
  };
  running.hello.catch(() => undefined);
  return running;
}
