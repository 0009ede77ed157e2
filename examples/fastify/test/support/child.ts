// Built programs as real processes.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

/** The built example. */
export const builtMain: string = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** A process with what it has written so far. */
export interface Child {
  readonly process: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code; null when a signal ended it. */
  readonly exit: Promise<number | null>;
}

/** How to start one. */
export interface ChildOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const ours = /^(AUTH0_|ISSUER_|AUDIENCE$|PORT$|HOST$|CORS_|DOCS_|RESOURCE_|MTLS|TLS_|NODE_ENV$|NO_COLOR$|npm_)/;

/** Starts a script with an environment that holds nothing which this project reads, beyond what is given. */
export function startNode(args: readonly string[], { cwd, env = {} }: ChildOptions): Child {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  const child = spawn(process.execPath, args, { ...(cwd !== undefined && { cwd }), env: { ...clean, ...env } });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      texts[name] += chunk;
    });
  }
  const exit = once(child, "close").then(([code]) => code as number | null);
  return { process: child, stdout: () => texts.stdout, stderr: () => texts.stderr, exit };
}

/** Waits for a log line of the API that names its address, and returns that. */
export async function waitForAddress({ process: child, stdout, stderr }: Child): Promise<string> {
  for (;;) {
    const address = /Server listening at (https?:[^"]+)/.exec(stdout())?.[1];
    if (address !== undefined) return address;
    if (child.exitCode !== null) throw new Error(`The API ended: ${stderr()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Runs the curl commands that `npm start` prints, and returns the status of each answer. */
export async function runPrintedCommands(output: string, cwd: string): Promise<readonly number[]> {
  const commands = output.matchAll(/^curl -i \S+ -H "Authorization: Bearer \$\(npx gatewarden token .+\)"$/gm);
  const statuses = [...commands].map(async ([command]) => {
    const { stdout } = await promisify(execFile)("sh", ["-c", command], { cwd });
    return Number(/^HTTP\/1\.1 (\d+)/.exec(stdout)?.[1]);
  });
  return Promise.all(statuses);
}

/** Takes a port for the length of the test, unless something else has it: taken is taken. */
export async function take(port: number): Promise<void> {
  const server = createServer();
  await once(server.listen(port, "127.0.0.1"), "listening").catch(() => {});
  onTestFinished(() => void server.close());
}
