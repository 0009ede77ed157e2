// Bundles the page's script and puts it beside the page, in `dist`.
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

export async function buildPage() {
  await build({
    absWorkingDir: root,
    entryPoints: ["src/main.ts"],
    outfile: "dist/main.js",
    bundle: true,
    minify: true,
    sourcemap: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
  });
  cpSync(`${root}public`, `${root}dist`, { recursive: true });
}

if (import.meta.filename === process.argv[1]) await buildPage();
