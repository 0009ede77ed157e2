// The template files of a project, by folder.
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../templates/", import.meta.url));

/** Path in the project → text, of several folders. Throws if two have the same file. */
export function loadTemplates(layers: readonly string[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const layer of layers) {
    for (const file of listFiles(join(root, layer))) {
      const path = toProjectPath(file);
      if (files.has(path)) throw new Error(`Two templates are ${path}`);
      files.set(path, readFileSync(join(root, layer, file), "utf8"));
    }
  }
  return files;
}

/** Step by step: in archives of Yarn a recursive listing has folders as files. */
function listFiles(folder: string, path = ""): readonly string[] {
  return readdirSync(join(folder, path), { withFileTypes: true })
    .flatMap((entry) => {
      const found = join(path, entry.name);
      return entry.isDirectory() ? listFiles(folder, found) : found;
    })
    .toSorted();
}

/** npm leaves some names that begin with a dot out of a package, so templates begin with a line. */
function toProjectPath(file: string): string {
  return file
    .split(sep)
    .map((part) => part.replace(/^_/, "."))
    .join("/");
}
