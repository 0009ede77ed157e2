// Makes a fresh clone ready to run: the right Node.js, dependencies, builds. Needs nothing but Node.js itself.
import { findStaleBuilds } from "./build-state.mjs";
import { Failure } from "./failure.mjs";
import { isInstallNeeded } from "./install-state.mjs";
import { checkNodeVersion } from "./node-version.mjs";
import { runNpm } from "./npm.mjs";

/** Installs and builds what is missing, and says what it does. Throws a `Failure` when that does not work. */
export async function prepare() {
  checkNodeVersion();
  if (isInstallNeeded()) {
    console.log("Installing dependencies (npm ci) ...");
    await npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  }
  const stale = findStaleBuilds();
  if (stale.length > 0) {
    console.log(`Building (npm run build), because of ${stale.join(", ")} ...`);
    await npm(["run", "--silent", "build"]);
  }
}

/** @param {readonly string[]} args */
async function npm(args) {
  const code = await runNpm(args);
  if (code !== 0) throw new Failure(`npm ${args.join(" ")} failed with exit code ${code}; its output is above.`);
}
