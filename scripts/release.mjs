// `npm run release -- --dry-run`: what would be published, and the notes; with --notes the notes
// alone. Without either it publishes, where nothing stands in the way.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Failure, runMain } from "./lib/failure.mjs";
import { published, root } from "./lib/paths.mjs";
import { print } from "./lib/printable.mjs";
import { describePack, findObstacles, readUnreleased } from "./lib/release.mjs";

await runMain(async () => {
  const { "dry-run": isDry, notes: isNotes } = readOptions();
  const notes = readUnreleased(readFileSync(join(root, "CHANGELOG.md"), "utf8"));
  if (isNotes) {
    print(notes);
    return 0;
  }
  const packs = published.map(pack);
  print(`${packs.map(describePack).join("\n\n")}\n\nNotes:\n\n${notes}\n`);
  const changes = run("git", ["status", "--porcelain"]);
  const obstacles = findObstacles({ packs, notes, changes, env: process.env });
  if (isDry) {
    print(obstacles.length === 0 ? "Nothing stands in the way." : `Not publishable here:\n- ${obstacles.join("\n- ")}`);
    return 0;
  }
  if (obstacles.length > 0) throw new Failure(obstacles.join("\n"));
  for (const folder of published) {
    print(run("npm", ["publish", "--provenance", "--access", "public"], join(root, folder)));
  }
  return 0;
});

function readOptions() {
  try {
    return parseArgs({ options: { "dry-run": { type: "boolean" }, notes: { type: "boolean" } } }).values;
  } catch (cause) {
    throw new Failure("Usage: npm run release -- --dry-run (or --notes), or without both in continuous integration", {
      cause,
    });
  }
}

/**
 * @param {string} folder
 * @returns {import("./lib/release.mjs").Pack}
 */
function pack(folder) {
  if (!existsSync(join(root, folder, "dist"))) throw new Failure(`${folder} is not built: run npm run build first.`);
  const [only] = JSON.parse(run("npm", ["pack", "--dry-run", "--json"], join(root, folder)));
  return only;
}

/**
 * Runs a command and returns what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(command, args, cwd = root) {
  const isBatch = process.platform === "win32" && command === "npm";
  return execFileSync(command, args, { cwd, encoding: "utf8", shell: isBatch, stdio: ["ignore", "pipe", "inherit"] });
}
