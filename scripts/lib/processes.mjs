// Child processes, none of which outlives this one.
import { spawn } from "node:child_process";
import { once } from "node:events";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */

/**
 * Each running child, and whether it has a process group of its own.
 * @type {Map<ChildProcess, boolean>}
 */
const running = new Map();
const patienceMs = 5_000;
let stopping = false;

process.on("exit", () => {
  for (const child of running.keys()) kill(child, "SIGKILL");
});

/**
 * Starts a child that ends with this process; when it is detached, everything that it has started does, too.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 * @returns {ChildProcess}
 */
export function startChild(command, args, options) {
  const child = spawn(command, args, options);
  running.set(child, options.detached === true);
  child.once("exit", () => running.delete(child));
  child.once("error", () => running.delete(child));
  return child;
}

/**
 * Runs a command to its end and returns its exit code.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 * @returns {Promise<number>}
 */
export async function runChild(command, args, options) {
  const [code] = await once(startChild(command, args, options), "exit");
  return typeof code === "number" ? code : 1;
}

/**
 * Asks a child to end, and makes it when it does not.
 * @param {ChildProcess} child
 */
export async function stopChild(child) {
  if (!running.has(child)) return;
  const ended = once(child, "exit");
  kill(child, "SIGTERM");
  const timer = setTimeout(() => kill(child, "SIGKILL"), patienceMs);
  await ended;
  clearTimeout(timer);
}

/**
 * @param {ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function kill(child, signal) {
  if (running.get(child) === true && child.pid !== undefined) process.kill(-child.pid, signal);
  else child.kill(signal);
}

/** Stops all children that still run. */
export async function stopChildren() {
  await Promise.all([...running.keys()].map(stopChild));
}

/** Whether a signal has told this process to stop. */
export function isStopping() {
  return stopping;
}

/**
 * Stops the children on Ctrl-C and SIGTERM, then whatever else there is, then ends this process.
 * @param {{ readonly exitCode: number, readonly stop?: () => Promise<void> }} options
 */
export function stopOnSignals({ exitCode, stop }) {
  const end = async () => {
    stopping = true;
    await stopChildren();
    await stop?.();
    process.exit(exitCode);
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
}
