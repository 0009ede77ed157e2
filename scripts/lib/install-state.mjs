// Whether what package-lock.json asks for is installed. Compares contents: times say nothing after a checkout or a copy.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";

/** @typedef {{ readonly version?: string, readonly optional?: boolean }} LockEntry */

/**
 * True when a package is missing or has another version.
 * @param {string} folder where the lock file is; default the root
 */
export function isInstallNeeded(folder = root) {
  // A folder of nothing but optional packages shows by nothing else that npm never ran.
  if (!existsSync(join(folder, "node_modules"))) return true;
  const wanted = readLock(join(folder, "package-lock.json"));
  const installed = readLock(join(folder, "node_modules", ".package-lock.json"));
  return Object.entries(wanted).some(([path, { version, optional }]) => {
    if (!path.includes("node_modules/")) return false;
    // Optional ones are for other platforms, mostly.
    if (!(path in installed)) return !optional;
    return installed[path]?.version !== version;
  });
}

/**
 * @param {string} file
 * @returns {Readonly<Record<string, LockEntry>>}
 */
function readLock(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : {};
}
