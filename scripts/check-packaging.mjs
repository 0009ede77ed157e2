// Packs each published package and checks the tarball as a stranger would meet it: publint and attw, from the built files.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { published } from "./lib/paths.mjs";

/** @param {string} command @param {string[]} args */
function run(command, args) {
  console.log(`> ${command} ${args.join(" ")}`);
  execFileSync("npx", ["--no-install", command, ...args], { stdio: "inherit" });
}

for (const folder of published) {
  if (!existsSync(`${folder}/dist`)) {
    console.error(`${folder} is not built: run npm run build first`);
    process.exit(1);
  }
  run("publint", [folder, "--strict"]);
  run("attw", ["--pack", folder, "--profile", "esm-only"]);
}
