// The built tenant as a process of its own: an error that a listener throws ends a process, and
// nothing less shows that.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, expect } from "vitest";

const entry = new URL("../../dist/cli.js", import.meta.url);

export interface TenantProcess {
  readonly port: number;
  /** Whether the process still runs. */
  readonly isAlive: () => boolean;
  /** All that it wrote on standard error. */
  readonly errors: () => string;
}

/**
 * Starts `gatewarden dev` on a free port, with the directory's configuration if it has one, and
 * with variables beside those of this process. Ends it after the test file.
 */
export async function startTenantProcess(
  cwd: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<TenantProcess> {
  expect(existsSync(fileURLToPath(entry)), "run `npm run build` first").toBe(true);
  const code = `import { main } from ${JSON.stringify(entry.href)}; process.exitCode = await main(["dev", "--port", "0"]);`;
  const env = { ...process.env, NODE_ENV: "test", ...extra };
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { cwd, env, stdio: "pipe" });
  afterAll(() => stop(child));
  let errors = "";
  child.stderr.on("data", (text: Buffer) => {
    errors += text.toString("utf8");
  });
  for await (const line of createInterface(child.stdout)) {
    const port = /^Local tenant: http:\/\/127\.0\.0\.1:(\d+)\/$/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stdout.resume();
    return { port: Number(port), isAlive: () => child.exitCode === null, errors: () => errors };
  }
  throw new Error(`The tenant did not start: ${errors}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
