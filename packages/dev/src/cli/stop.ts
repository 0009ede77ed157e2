// What ends a command that serves: signals, a terminal that closes, and the end of `npx`.
import { readFileSync } from "node:fs";

export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

const signals: readonly StopSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];
const lookEvery = 250;

/**
 * Calls back at each signal that asks this process to end, and with `SIGTERM` once `npx` is gone.
 * Returns the function that ends it.
 */
export function onStop(stop: (signal: StopSignal) => void): () => void {
  for (const signal of signals) process.on(signal, stop);
  const endWatch = watchNpx(() => stop("SIGTERM"));
  return () => {
    endWatch();
    for (const signal of signals) process.off(signal, stop);
  };
}

/**
 * Resolves at the first of them. A terminal sends its signal to all processes, and npm sends it once
 * more: that must not break off an orderly end. A later one does.
 */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const end = onStop(() => {
      setTimeout(end, 1000).unref();
      resolve();
    });
  });
}

/**
 * A killed `npx` sends no signal: this process would stay, with another parent. A process that a
 * shell has started in the background may outlive the shell, so only npx is watched.
 */
function watchNpx(gone: () => void): () => void {
  const parent = process.ppid;
  if (process.env["npm_command"] !== "exec" || parent <= 1) return () => undefined;
  const npx = isShell(parent) ? readParent(parent) : parent;
  const isThere = (): boolean => {
    if (process.ppid !== parent || (npx !== undefined && !isRunning(npx))) return false;
    return npx === undefined || npx === parent || readParent(parent) === npx;
  };
  const timer = setInterval(() => {
    if (isThere()) return;
    clearInterval(timer);
    gone();
  }, lookEvery).unref();
  return () => clearInterval(timer);
}

/** npm starts programs by a shell. Most shells then become the program, Debian's stays in between. */
function isShell(pid: number): boolean {
  const [program = "", option] = readProcess(pid, "cmdline")?.split("\0") ?? [];
  return /sh$/.test(program) && option === "-c";
}

/** The parent of a process, by proc(5). Undefined where there is no such file system. */
function readParent(pid: number): number | undefined {
  // The name of the program, in parentheses, may contain anything.
  const [, parent] = /\) \S (\d+) [^)]*$/.exec(readProcess(pid, "stat") ?? "") ?? [];
  return parent === undefined ? undefined : Number(parent);
}

function readProcess(pid: number, name: "cmdline" | "stat"): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process runs, and takes no signals of this one.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
