// Writes files into a folder. Never replaces one, and never leaves the folder.
import { lstatSync, mkdirSync, type Stats, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { ProjectFiles } from "./project.js";

/** What is in the way, as paths in the folder. Nothing was written. */
export class InTheWayError extends Error {
  override readonly name = "InTheWayError";
}

/** Throws `InTheWayError` before anything is written if one of the files exists. */
export function writeNewFiles(folder: string, files: ProjectFiles): void {
  refuseExisting(folder, [...files.keys()]);
  for (const [path, text] of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    // Not even a file that appeared since (CWE-367).
    writeFileSync(target, text, { flag: "wx" });
  }
}

/**
 * Throws `InTheWayError` if a file exists, or if a part of its path is not a folder: a link leads
 * elsewhere (CWE-59).
 */
export function refuseExisting(folder: string, paths: readonly string[]): void {
  const found = new Set(paths.flatMap((path) => findInTheWay(folder, path)));
  if (found.size === 0) return;
  const list = [...found]
    .toSorted()
    .map((path) => `  ${path}`)
    .join("\n");
  throw new InTheWayError(`Nothing was written. In the way:\n${list}`);
}

/** The file, if it exists, or the part of its path that is not a folder. */
export function findInTheWay(folder: string, path: string): readonly string[] {
  const target = join(folder, path);
  if (relative(folder, target).startsWith("..")) throw new Error("A file leaves the folder");
  const parts = relative(folder, target).split(sep);
  for (let length = 1; length < parts.length; length++) {
    const parent = readStats(join(folder, ...parts.slice(0, length)));
    if (parent === undefined) return [];
    if (!parent.isDirectory()) return [parts.slice(0, length).join("/")];
  }
  return readStats(target) === undefined ? [] : [path];
}

function readStats(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
