// Which workspaces have to be built: those without a `dist`, or with a source that is newer than it.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";

/**
 * The workspaces whose build is missing or stale, as paths from the root.
 * @returns {readonly string[]}
 */
export function findStaleBuilds() {
  return listWorkspaces().filter((workspace) => {
    const directory = join(root, workspace);
    if (!buildsDist(directory)) return false;
    return newest(join(directory, "src")) > newest(join(directory, "dist"));
  });
}

/**
 * What is built into another folder, by a framework's own command, is not looked at.
 * @param {string} directory
 */
function buildsDist(directory) {
  if (existsSync(join(directory, "tsconfig.build.json"))) return true;
  const manifest = join(directory, "package.json");
  if (!existsSync(manifest)) return false;
  return /** @type {string} */ (JSON.parse(readFileSync(manifest, "utf8")).scripts?.build ?? "").includes("dist");
}

/** @returns {readonly string[]} */
function listWorkspaces() {
  const { workspaces } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return workspaces.flatMap((/** @type {string} */ pattern) => {
    if (!pattern.endsWith("/*")) return [pattern];
    const parent = pattern.slice(0, -2);
    return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
  });
}

/**
 * When the youngest file below a directory was written, in milliseconds; 0 when there is none.
 * @param {string} directory
 */
function newest(directory) {
  if (!existsSync(directory)) return 0;
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(0, ...files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs));
}
