// All runtimes of the matrix. Their binaries come from npm, in this folder: packages of binaries alone, without scripts that download.
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createProcessRuntime } from "./process-runtime.js";
import type { Runtime } from "./runtime.js";
import { folder } from "./scratch.js";
import { createWorkerd } from "./workerd-runtime.js";

const binaryOf = (name: string) => join(folder, "node_modules", name);
const bun = binaryOf("@oven/bun-linux-x64-baseline/bin/bun");
const deno = binaryOf("@deno/linux-x64-glibc/deno");
const workerd = binaryOf("@cloudflare/workerd-linux-64/bin/workerd");
const denoArgs = ["run", "--allow-all", "--no-config", "--no-lock", "--node-modules-dir=manual"];

const nodes = [20, 22, 24, 26].map((major) =>
  createProcessRuntime(`Node.js ${major}`, { binary: binaryOf(`node${major}/bin/node`) }),
);

/** Each with its own crypto, and where it has two kinds, with Web Crypto as well. */
export const runtimes: readonly Runtime[] = [
  ...nodes,
  createProcessRuntime("Node.js without node:crypto", { binary: process.execPath, isWebCrypto: true }),
  createProcessRuntime("Bun", { binary: bun }),
  createProcessRuntime("Bun without node:crypto", { binary: bun, isWebCrypto: true }),
  createProcessRuntime("Deno", { binary: deno, args: denoArgs }),
  createProcessRuntime("Deno without node:crypto", { binary: deno, args: denoArgs, isWebCrypto: true }),
  createWorkerd("workerd", workerd, []),
  createWorkerd("workerd with nodejs_compat", workerd, ["nodejs_compat"]),
];

/** Whether its tests are left out. The binaries are for Linux on x64; where those belong, a missing one fails in continuous integration. */
export function isLeftOut({ binary }: Runtime): boolean {
  const belongs = process.platform === "linux" && process.arch === "x64" && process.env["CI"] === "true";
  return !existsSync(binary) && !belongs;
}

/** Its name, and why it is left out. */
export function titleOf(runtime: Runtime): string {
  return existsSync(runtime.binary) ? runtime.name : `${runtime.name} (not installed: npm ci --prefix matrix/runtimes)`;
}
