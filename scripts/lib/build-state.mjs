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
    // Beside `src`, the local tenant has the sources of its console.
    const sources = ["src", "console"].map((folder) => newest(join(directory, folder)));
    return Math.max(...sources) > newest(join(directory, "dist"));
  });
}

/**
 * Whether an example that its framework's own command builds is not built from its sources and the library as they are.
 * @param {import("./examples/list.mjs").Example} example
 */
export function isBuildStale({ name, built }) {
  if (built === undefined) return false;
  const directory = join(root, "examples", name);
  const result = join(directory, built);
  if (!existsSync(result)) return true;
  // Its dependencies are in other folders; its tests, and what begins with a dot, are not in the build.
  const sources = readdirSync(directory).filter((entry) => !/^(\.|node_modules$|test$|next-env)/.test(entry));
  const inputs = [...sources.map((entry) => join(directory, entry)), join(root, "packages/gatewarden/dist")];
  return Math.max(...inputs.map(newest)) > statSync(result).mtimeMs;
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
 * When a file, or the youngest one below a directory, was written, in milliseconds; 0 when there is none.
 * @param {string} directory
 */
function newest(directory) {
  if (!existsSync(directory)) return 0;
  if (statSync(directory).isFile()) return statSync(directory).mtimeMs;
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(0, ...files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs));
}
