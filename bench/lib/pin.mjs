// One core for what is measured, so that no thread pool or garbage collector helps one contestant with a second one.
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** The cores: one for what is measured, another for load and providers where there is one. */
export const cores = { measured: 0, other: Math.min(1, availableParallelism() - 1) };

/** Whether this machine can pin processes. */
export const canPin = spawnSync("taskset", ["-c", "0", "true"]).status === 0;

/**
 * A command that runs a script of this folder on the cores named.
 * @param {number | string} core One, or several such as "0-1".
 * @param {readonly string[]} args For Node.js.
 * @returns {[command: string, args: string[]]}
 */
export function onCore(core, args) {
  return canPin ? ["taskset", ["-c", String(core), process.execPath, ...args]] : [process.execPath, [...args]];
}
