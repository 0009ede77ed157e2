// `npm run check:locks`: every entry of every lock file has a digest, and none names a registry.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { findUnlocked } from "./lib/locks.mjs";
import { root, separate } from "./lib/paths.mjs";
import { print, printError } from "./lib/printable.mjs";

const files = ["", ...separate].map((folder) => join(folder, "package-lock.json"));
const problems = files.flatMap((file) => {
  const lock = JSON.parse(readFileSync(join(root, file), "utf8"));
  return findUnlocked(lock).map((one) => `${file}: ${one}`);
});
if (problems.length > 0) {
  printError(
    `${problems.join("\n")}\nRestore the digest from the registry: npm view <package>@<version> dist.integrity`,
  );
  process.exit(1);
}
print(`${files.length} lock files have a digest for each package`);
