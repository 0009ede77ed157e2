// The example, copied and built by a real Next.js, and started as a process of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pickPort } from "../../../../scripts/lib/ports.mjs";

const example = fileURLToPath(new URL("../../", import.meta.url));
const workspace = fileURLToPath(new URL("../../../../", import.meta.url));
const next = createRequire(import.meta.url).resolve("next/dist/bin/next");

const compilers = join(workspace, "node_modules", "@next");
const isCompilerMissing = !existsSync(compilers) || !readdirSync(compilers).some((name) => name.startsWith("swc-"));

/** Whether Next.js cannot run here. In continuous integration its tests fail then. */
export const isLeftOut: boolean = isCompilerMissing && process.env["CI"] !== "true";

/** The title of tests that need it, and why they are left out. */
export const titleOf = (title: string): string =>
  isCompilerMissing ? `${title} (Next.js has no compiler for this platform: @next/swc-*)` : title;

export type Bundler = "turbopack" | "webpack";
export type Variables = Readonly<Record<string, string>>;

/** What a command did. */
export interface Run {
  readonly code: number | null;
  readonly output: string;
}

/** A copy of the example, since tests of the workspace may build the example itself at the same time. */
export class Application {
  readonly folder: string;
  readonly #bundler: Bundler;

  constructor(bundler: Bundler) {
    this.#bundler = bundler;
    this.folder = join(example, ".test", bundler);
    this.remove();
    mkdirSync(this.folder, { recursive: true });
    const isCopied = (name: string) => !/^(\.|dist$|node_modules$|test$)/.test(name);
    for (const name of readdirSync(example).filter(isCopied)) {
      cpSync(join(example, name), join(this.folder, name), { recursive: true });
    }
  }

  /** Builds it without any variable of the server. */
  build(): Promise<Run> {
    return finish(this.#spawn([next, "build", `--${this.#bundler}`], {}));
  }

  /** Starts it with `next start`, on a free port. */
  async start(env: Variables, host = "127.0.0.1"): Promise<Server> {
    const port = await pickPort(0, host);
    const url = `http://${host}:${port}`;
    const args = [next, "start", "--hostname", host, "--port", String(port)];
    const server = new Server(this.#spawn(args, { RESOURCE_URL: url, ...env }), url);
    await server.waitFor("Ready in");
    return server;
  }

  /** Runs `next start` with variables that end it. */
  async fail(env: Variables): Promise<Run> {
    return finish(this.#spawn([next, "start", "--hostname", "127.0.0.1", "--port", "0"], env));
  }

  /** Starts it as `npm run serve` does. */
  async serve(env: Variables): Promise<Server> {
    const server = new Server(this.#spawn(["serve.mjs"], { PORT: "0", ...env }), "");
    const [, url = ""] = await server.waitFor(/Server listening at (\S+)/);
    return new Server(server.process, url);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #spawn(args: readonly string[], env: Variables): ChildProcess {
    const { PATH = "", HOME = "" } = process.env;
    return spawn(process.execPath, args, {
      cwd: this.folder,
      env: { PATH, HOME, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", ...env },
    });
  }
}

/** A running application. */
export class Server {
  readonly process: ChildProcess;
  readonly url: string;
  #output = "";

  constructor(child: ChildProcess, url: string) {
    this.process = child;
    this.url = url;
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => this.#add(chunk));
  }

  get output(): string {
    return this.#output;
  }

  async waitFor(text: string | RegExp): Promise<readonly string[]> {
    for (;;) {
      const found = typeof text === "string" ? this.#output.includes(text) && [text] : text.exec(this.#output);
      if (found) return [...found];
      if (this.process.exitCode !== null) throw new Error(`Next.js ended: ${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async end(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const exit = once(this.process, "exit");
    this.process.kill("SIGTERM");
    await exit;
  }

  #add(chunk: unknown): void {
    this.#output += String(chunk);
  }
}

async function finish(child: ChildProcess): Promise<Run> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      output += String(chunk);
    });
  }
  const [code] = await once(child, "close");
  return { code, output };
}
