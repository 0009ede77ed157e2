// Builds `dist`: declarations by tsc, JavaScript by esbuild. Few files load several times faster than fifty, and shared chunks keep
// one copy of each class, so that `instanceof AuthError` holds across sub-paths.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @type {{ exports: Record<string, string | Record<string, string>> }} */
const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

const subPaths = Object.values(manifest.exports).flatMap((target) =>
  typeof target === "string" ? [] : [target["@gatewarden/source"] ?? ""],
);

rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync("npx", ["--no-install", "tsc", "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
await build({
  absWorkingDir: root,
  entryPoints: [...subPaths, "src/cli/bin.ts"],
  outbase: "src",
  outdir: "dist",
  bundle: true,
  splitting: true,
  chunkNames: "chunks/[hash]",
  format: "esm",
  platform: "neutral",
  target: "es2023",
  packages: "external",
  external: ["node:*"],
  sourcemap: true,
});
