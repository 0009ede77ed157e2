// An application that imports one preset gets that preset: no others, and none of the texts for
// explain.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { allProviders } from "../../src/providers/words/all.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    external: ["node:*"],
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

const texts = allProviders.flatMap(({ fixes }) => Object.values(fixes)).map((text) => text.slice(0, 40));

test("brings one small preset along", async () => {
  const text = await bundle('export { cognito } from "./src/providers/providers.js";');
  expect(text).toContain("cognito-idp.");
  expect(text).not.toContain("ciamlogin");
  expect(texts.filter((one) => text.includes(one))).toEqual([]);
  // Half of it are the two error classes, which the core has anyway.
  expect(gzipSync(text).length).toBeLessThan(6 * 1024);
});

test("brings no texts along with all presets", async () => {
  const text = await bundle('export * from "./src/providers/providers.js";');
  expect(text).toContain("ciamlogin");
  expect(texts.filter((one) => text.includes(one))).toEqual([]);
});

test("leaves the core without texts, until something is explained", async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["src/index.ts"],
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    conditions: ["@gatewarden/source"],
    external: ["node:*"],
    outdir: "out",
    write: false,
    metafile: true,
  });
  const isThere = (outputs: readonly string[]) =>
    outputs.some((name) =>
      Object.keys(metafile.outputs[name]?.inputs ?? {}).some((input) => /providers\/words/.test(input)),
    );
  const names = Object.keys(metafile.outputs);
  const reached = new Set(names.filter((name) => metafile.outputs[name]?.entryPoint === "src/index.ts"));
  for (const name of reached) {
    for (const { path, kind } of metafile.outputs[name]?.imports ?? [])
      if (kind === "import-statement") reached.add(path);
  }
  expect(isThere([...reached])).toBe(false);
  expect(isThere(names)).toBe(true);
});
