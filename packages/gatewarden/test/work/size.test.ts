// What a sub-path brings along, minified and compressed: what is imported with it, without what is loaded only when it is asked for.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const manifest: { exports: Record<string, string | Record<string, string>> } = JSON.parse(
  readFileSync(`${root}package.json`, "utf8"),
);

/** KiB that a sub-path may have. A larger one is a decision: change it here, and say why in the commit. */
const budgets: Readonly<Record<string, number>> = {
  ".": 53.25,
  "./advice": 5.35,
  "./exchange": 12,
  "./introspection": 5.75,
  "./log": 1,
  // With its own parser of logout tokens, since it may be used without the core.
  "./logout": 12.5,
  "./nats": 11.5,
  "./opentelemetry": 3.25,
  // All presets together. An application pays for the one that it imports.
  "./providers": 6.5,
  "./redis": 13.75,
  "./signals": 15.25,
  // For commands only. It holds nothing of the core.
  "./terminal": 5.75,
  "./testing": 6.75,
};
/** An adapter is a translation: what it adds to the core is small. */
const adapterBudget = 3;
/**
 * Those for connections, GraphQL's subscriptions among them, also hold what a connection may do and
 * for how long. Nest's also finds the handlers that Nest's own global guards do not reach. Drop-ins
 * hold another library's options, errors and answers. MCP's knows five hosts, and filters lists in
 * streams. Fastify, fetch and Nest also mount endpoints such as that of logout.
 */
const largerBudgets: Readonly<Record<string, number>> = {
  "./compat/express-jwt": 6.5,
  "./compat/express-oauth2-jwt-bearer": 7.5,
  "./compat/passport": 6.25,
  "./fastify": 3.5,
  "./fetch": 3.5,
  "./graphql": 4.5,
  "./mcp": 8.5,
  "./nest": 5.75,
  "./socket.io": 4,
  "./ws": 4.25,
};

async function sizeOf(file: string, isAlone: boolean): Promise<number> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [file],
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    target: "es2023",
    packages: "external",
    // Without the core, an adapter imports it as a stranger would.
    external: ["node:*", ...(isAlone ? ["*/index.js", "*/guard/key-guard.js"] : [])],
    outdir: "out",
    write: false,
    metafile: true,
  });
  const names = Object.keys(metafile.outputs);
  const reached = new Set(names.filter((name) => metafile.outputs[name]?.entryPoint === file));
  for (const name of reached) {
    for (const { path, kind } of metafile.outputs[name]?.imports ?? [])
      if (kind === "import-statement") reached.add(path);
  }
  const files = outputFiles.filter(({ path }) => [...reached].some((name) => path.endsWith(`/${name}`)));
  return files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0) / 1024;
}

const subPaths = Object.entries(manifest.exports).flatMap(([path, target]) =>
  typeof target === "string" ? [] : [{ path, file: target["@gatewarden/source"]?.replace("./", "") ?? "" }],
);

const isAdapter = ({ file }: { readonly file: string }) => /\/(adapters|compat)\//.test(file);

test("every sub-path has a budget", () => {
  const others = subPaths.filter((subPath) => !isAdapter(subPath)).map(({ path }) => path);
  expect(others.sort()).toEqual(Object.keys(budgets));
});

test.each(subPaths.filter(({ path }) => path in budgets))("$path is within its budget", async ({ path, file }) => {
  const size = await sizeOf(file, false);
  console.log(`${path}: ${size.toFixed(1)} KiB`);
  expect(size).toBeLessThanOrEqual(budgets[path] ?? 0);
});

test.each(subPaths.filter(isAdapter))("$path adds little to the core", async ({ path, file }) => {
  expect(await sizeOf(file, true)).toBeLessThanOrEqual(largerBudgets[path] ?? adapterBudget);
});
