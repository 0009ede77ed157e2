// Builds `dist`: declarations by tsc, JavaScript by esbuild. Few files load several times faster than fifty, and shared chunks keep
// one copy of each class, so that `instanceof AuthError` holds across sub-paths.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
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
// What `imports` in package.json chooses between: a bundler's conditions decide when it meets `dist`.
const chosenLater = ["src/explain/explain.ts", "src/explain/left-out.ts"];
const entryPoints = [...subPaths, ...chosenLater, "src/cli/bin.ts"];
await build({
  absWorkingDir: root,
  entryPoints,
  plugins: [{ name: "one-core", setup: keepCoreInOneFile }],
  ignoreAnnotations: true,
  outbase: "src",
  outdir: "dist",
  bundle: true,
  splitting: true,
  chunkNames: "chunks/[hash]",
  format: "esm",
  platform: "neutral",
  target: "es2023",
  packages: "external",
  external: ["node:*", "#explain"],
  sourcemap: true,
});

/**
 * What is shared goes into a file per group of entry points that share it, which would cut the core into nine. So each of them is made to
 * share all of the core: one file loads in two thirds of the time.
 * @param {import("esbuild").PluginBuild} build
 */
function keepCoreInOneFile({ onLoad }) {
  const sources = readdirSync(`${root}src`, { encoding: "utf8", recursive: true }).filter((file) =>
    file.endsWith(".ts"),
  );
  const loadedLater = sources.flatMap((file) => {
    const text = readFileSync(`${root}src/${file}`, "utf8");
    // A type's `typeof import(…)` names a file as well; to treat that one alike does no harm.
    return [...text.matchAll(/import\("(\.[^"]+)\.js"\)/g)].map(([, name]) =>
      join(`${root}src`, dirname(file), `${name}.ts`),
    );
  });
  // Texts, the fields of a log line, and how commands print: they need nothing of the core.
  const apart = ["src/explain/advice.ts", "src/monitoring/log-fields.ts", "src/cli/terminal/terminal.ts"];
  const roots = new Set(
    [...entryPoints.map((file) => join(root, file)), ...loadedLater].filter(
      (path) => !apart.some((file) => path.endsWith(file)),
    ),
  );
  onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
    if (!roots.has(path) || path === `${root}src/index.ts`) return undefined;
    return {
      contents: `${readFileSync(path, "utf8")}\nimport ${JSON.stringify(`${root}src/index.ts`)};`,
      loader: "ts",
    };
  });
}

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
