// Writes the manual pages of the package in this folder into its `dist/man`, from its table of
// flags. Part of each build: pages are made and not kept, so they cannot differ from the table.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./lib/paths.mjs";

/**
 * The pages of a package: their file names and texts.
 * @param {string} folder
 * @returns {Promise<readonly { file: string, text: string }[]>}
 */
export async function makeManual(folder) {
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const terminal = JSON.stringify(join(root, "packages/gatewarden/src/cli/terminal/man-page.ts"));
  const flags = JSON.stringify(
    [join(folder, "src/cli/flags.ts"), join(folder, "src/flags.ts")].find((path) => existsAsText(path)),
  );
  const { outputFiles } = await build({
    stdin: {
      contents: `import { toManPages } from ${terminal};
import * as table from ${flags};
export const pages = toManPages(table.commandTable ?? table, ${JSON.stringify(version)});`,
      resolveDir: root,
      loader: "ts",
    },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    // Tables import names of faults and proxies, and types. Only those are needed.
    conditions: ["@gatewarden/source"],
    logLevel: "error",
  });
  const [file] = outputFiles;
  const { pages } = await import(`data:text/javascript;base64,${Buffer.from(file?.contents ?? []).toString("base64")}`);
  return pages;
}

/** @param {string} path */
function existsAsText(path) {
  try {
    return readFileSync(path, "utf8") !== "";
  } catch {
    return false;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = process.cwd();
  rmSync(join(folder, "dist/man"), { recursive: true, force: true });
  mkdirSync(join(folder, "dist/man"), { recursive: true });
  for (const { file, text } of await makeManual(folder)) writeFileSync(join(folder, "dist/man", file), text);
}
