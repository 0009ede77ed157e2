// Runs the command after `--`, and passes on what should reach it.
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { onStop } from "./stop.js";

export interface CommandOptions {
  readonly cwd: string;
  /** Variables beside those of this process. */
  readonly env: Readonly<Record<string, string>>;
  readonly stderr: (text: string) => void;
}

/** After a request to end, as containers have it. */
const patience = 10_000;
const groupPatience = 2000;
const lookEvery = 20;

/**
 * Runs a program with this process's input and output. Resolves to its exit code: 128 and the number
 * of a signal that ended it (POSIX, Shell Command Language §2.8.2), 127 if there is no such program.
 */
export async function runCommand([program = "", ...args]: readonly string[], options: CommandOptions): Promise<number> {
  // At a terminal the command stays in the group that the terminal sends Ctrl-C to. Elsewhere it
  // gets a group of its own, so that what it leaves behind ends with it.
  const hasGroup = process.stdin.isTTY !== true && process.platform !== "win32";
  const env = { ...process.env, ...options.env };
  const child = spawn(program, args, { cwd: options.cwd, env, stdio: "inherit", detached: hasGroup });
  const send = (signal: NodeJS.Signals | 0): boolean => sendSignal(child, signal, hasGroup);
  const kill = (): void => void send("SIGKILL");
  let timer: NodeJS.Timeout | undefined;
  const end = onStop((signal) => {
    // The terminal has sent it to the command as well.
    if (signal === "SIGINT" && !hasGroup) return;
    send(signal);
    if (signal !== "SIGINT") timer ??= setTimeout(kill, patience);
  });
  process.once("exit", kill);
  try {
    const code = await untilExit(child);
    if (hasGroup) await endGroup(send);
    return code;
  } catch (error) {
    return explainFailure(error, program, options);
  } finally {
    clearTimeout(timer);
    process.off("exit", kill);
    end();
  }
}

function untilExit(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

/** Ends what the command has started and not ended. */
async function endGroup(send: (signal: NodeJS.Signals | 0) => boolean): Promise<void> {
  if (!send("SIGTERM")) return;
  for (let waited = 0; waited < groupPatience; waited += lookEvery) {
    if (!send(0)) return;
    await delay(lookEvery);
  }
  send("SIGKILL");
}

/** Returns whether there is still a process to send it to. */
function sendSignal({ pid }: ChildProcess, signal: NodeJS.Signals | 0, hasGroup: boolean): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(hasGroup ? -pid : pid, signal);
  } catch {
    return false;
  }
}

function explainFailure(error: unknown, program: string, { stderr }: CommandOptions): number {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") {
    stderr(`There is no program ${JSON.stringify(program)}.\n`);
    return 127;
  }
  stderr(`${JSON.stringify(program)} could not be started (${String(code)}).\n`);
  return 126;
}
