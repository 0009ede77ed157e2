// Runs npm: the one that runs this script, if there is one.
import { root } from "./paths.mjs";
import { runChild } from "./processes.mjs";

/**
 * Runs npm in the root and returns its exit code.
 * @param {readonly string[]} args
 */
export function runNpm(args) {
  const isWindows = process.platform === "win32";
  // npm starts shells that start others: a group of their own lets all of them be stopped. Windows knows no groups.
  const options = { cwd: root, stdio: /** @type {const} */ ("inherit"), detached: !isWindows };
  const [command, rest] = toNpmCommand(args);
  return runChild(command, rest, { ...options, shell: isWindows && command === "npm" });
}

/**
 * npm as a command: the one that runs this script, if there is one.
 * @param {readonly string[]} args
 * @returns {readonly [command: string, args: readonly string[]]}
 */
export function toNpmCommand(args) {
  const cli = process.env["npm_execpath"];
  // On Windows npm is a batch file, which only a shell can start.
  return cli?.endsWith("npm-cli.js") ? [process.execPath, [cli, ...args]] : ["npm", args];
}
