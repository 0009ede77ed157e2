// Runtimes other than Node.js: the machine's own, or those that `matrix/runtimes` installs.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { root } from "../paths.mjs";

/** @typedef {keyof typeof folders} Runtime */

const installed = join(root, "matrix", "runtimes", "node_modules");

/** Where `matrix/runtimes` has each: binaries for Linux on x64. */
const folders = {
  bun: join(installed, "@oven", "bun-linux-x64-baseline", "bin"),
  workerd: join(installed, "@cloudflare", "workerd-linux-64", "bin"),
  deno: join(installed, "@deno", "linux-x64-glibc"),
};

/** The PATH on which each runtime is found. The machine's own come first. */
export function toRuntimePath() {
  return [process.env["PATH"] ?? "", ...Object.values(folders)].join(delimiter);
}

/** @param {Runtime} name */
export function hasRuntime(name) {
  const file = process.platform === "win32" ? `${name}.exe` : name;
  return toRuntimePath()
    .split(delimiter)
    .some((folder) => folder !== "" && existsSync(join(folder, file)));
}
