// The built command `gatewarden` as a process of its own, as `npx gatewarden` starts it.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, vi } from "vitest";
import { startChild } from "../../../../scripts/lib/processes.mjs";

const command = fileURLToPath(new URL("../../../gatewarden/bin/gatewarden.js", import.meta.url));
const built = ["../../dist/cli.js", "../../../gatewarden/dist/cli/bin.js"];
/** For what a busy machine does later. */
export const patience = { timeout: 20_000, interval: 20 };

export interface Command {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** The exit code; null after a signal. */
  readonly exit: Promise<number | null>;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Variables of this machine that would change what is printed, or which tenant is found. */
const { PATH = "", HOME = "" } = process.env;

/** Starts it. It ends with the test. */
export function startCommand(args: readonly string[], { cwd, env = {} }: CommandOptions): Command {
  for (const file of built) {
    expect(existsSync(fileURLToPath(new URL(file, import.meta.url))), "run `npm run build` first").toBe(true);
  }
  const child = startChild(process.execPath, [command, ...args], {
    cwd,
    env: { PATH, HOME, NODE_ENV: "test", LC_ALL: "C.UTF-8", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  // Its output is complete at `close`, not at `exit`.
  const exit = once(child, "close").then(([code]) => code as number | null);
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, out: () => out, err: () => err, exit };
}

/** Runs it to its end. */
export async function runCommand(args: readonly string[], options: CommandOptions) {
  const { exit, out, err } = startCommand(args, options);
  return { code: await exit, out: out(), err: err() };
}

/** Waits for a text on standard output. */
export async function waitFor({ out, err }: Command, text: string | RegExp): Promise<void> {
  await vi.waitFor(() => {
    if (typeof text === "string" ? !out().includes(text) : !text.test(out())) {
      throw new Error(`${text} has not come: ${out()}${err()}`);
    }
  }, patience);
}
