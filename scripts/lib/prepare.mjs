// Makes a fresh clone ready to run: the right Node.js, dependencies, builds. Needs nothing but Node.js itself.
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { findStaleBuilds, isBuildStale } from "./build-state.mjs";
import { hasRuntime } from "./examples/runtimes.mjs";
import { Failure } from "./failure.mjs";
import { isInstallNeeded } from "./install-state.mjs";
import { checkNodeVersion } from "./node-version.mjs";
import { runNpm } from "./npm.mjs";
import { root, separate } from "./paths.mjs";

/** Installs what is missing, for what needs no build. */
export async function prepareInstall() {
  checkNodeVersion();
  if (!isInstallNeeded()) return;
  console.log("Installing dependencies (npm ci) ...");
  await npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}

/** Installs and builds what is missing, and says what it does. Throws a `Failure` when that does not work. */
export async function prepare() {
  await prepareInstall();
  const stale = findStaleBuilds();
  if (stale.length > 0) {
    console.log(`Building ${stale.join(", ")} ...`);
    // Not everything: Next.js alone takes longer than all others.
    await npm(["run", "--silent", "build", ...stale.flatMap((workspace) => ["-w", workspace])]);
  }
}

/**
 * Installs what only some tests need. A folder that cannot be installed is said, and its tests skip; in continuous integration it is an
 * error.
 */
export async function prepareSeparate() {
  for (const folder of separate.filter((one) => existsSync(join(root, one, "package-lock.json")))) {
    if (!isInstallNeeded(join(root, folder))) continue;
    console.log(`Installing what the tests in ${folder} need (npm ci) ...`);
    const args = ["ci", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error"];
    const code = await runNpm(args);
    if (code === 0) continue;
    if (process.env["CI"] === "true") throw new Failure(`npm ${args.join(" ")} failed with exit code ${code}.`);
    console.warn(`${folder} could not be installed: its tests are skipped.`);
  }
}

/**
 * Installs the runtime that an example needs beside Node.js, if this machine has none.
 * @param {import("./examples/list.mjs").Example} example
 */
export async function prepareRuntime({ name, runtime }) {
  if (runtime === undefined || hasRuntime(runtime)) return;
  console.log(`Installing ${runtime}, which examples/${name} needs (npm ci in matrix/runtimes, 1 GB) ...`);
  await npm(["ci", "--prefix", "matrix/runtimes", "--no-audit", "--no-fund", "--loglevel=error"]);
  // It is there for Linux on x64.
  if (!hasRuntime(runtime)) throw new Failure(`examples/${name} needs ${runtime} on the PATH.`);
}

/**
 * Builds an example that is built by its framework's own command, if its build is missing or stale.
 * @param {import("./examples/list.mjs").Example} example
 */
export async function prepareBuild(example) {
  if (!isBuildStale(example)) return;
  console.log(`Building examples/${example.name}, which takes a minute or two ...`);
  await npm(["run", "--silent", "build", "-w", `examples/${example.name}`]);
}

/** @param {readonly string[]} args */
async function npm(args) {
  const code = await runNpm(args);
  if (code !== 0) throw new Failure(`npm ${args.join(" ")} failed with exit code ${code}; its output is above.`);
}
