// System programs that tests start: where they are, and what to say when one is missing.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Debian keeps servers here, which is not on everyone's PATH. */
const systemFolders = ["/usr/sbin", "/usr/local/sbin", "/usr/bin"];

/**
 * The path of a program: what `<NAME>_PATH` says (`REDIS_SERVER_PATH` for `redis-server`), or the first on the PATH.
 * @param {string} name
 * @returns {string | undefined}
 */
export function findProgram(name) {
  const given = process.env[toVariable(name)];
  if (given) return isProgram(given) ? given : undefined;
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...systemFolders];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/**
 * Whether to skip tests that need these programs, and what their title says then. With `CI=true` nothing is skipped: the tests fail.
 * @param {readonly string[]} names
 * @returns {{ readonly isSkipped: boolean, readonly note: string }}
 */
export function toSkip(names) {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length === 0) return { isSkipped: false, note: "" };
  const variables = missing.map(toVariable).join(", ");
  return {
    isSkipped: process.env["CI"] !== "true",
    note: ` (skipped: there is no ${missing.join(", ")}; install it, or set ${variables})`,
  };
}

/** @param {string} name */
function toVariable(name) {
  return `${name.toUpperCase().replaceAll("-", "_")}_PATH`;
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
