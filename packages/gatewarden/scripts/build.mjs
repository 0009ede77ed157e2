// Builds `dist`: declarations by tsc, JavaScript by esbuild. Few files load several times faster than fifty, and shared chunks keep
// one copy of each class, so that `instanceof AuthError` holds across sub-paths.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
excuseNodeTypes();
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

/**
 * Whoever has no types of Node.js (Workers, Deno, a browser's tests) need not install them: where the core's declarations name a type of
 * `node:crypto`, it is `any` there. TypeScript strips such comments from what it emits.
 */
function excuseNodeTypes() {
  for (const file of readdirSync(`${root}dist`, { encoding: "utf8", recursive: true })) {
    if (!file.endsWith(".d.ts")) continue;
    const text = readFileSync(`${root}dist/${file}`, "utf8");
    const excused = text.replace(/^(?=.*import\("node:)/gm, "// @ts-ignore: any without the types of Node.js\n");
    if (excused !== text) writeFileSync(`${root}dist/${file}`, excused);
  }
}
