// What each sub-path adds to a bundle: printed for information. The budget is tested elsewhere.
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProject, type Project, subPathsOf } from "./support/project.js";

let project: Project;
beforeAll(async () => {
  project = await createProject("runtime");
});
afterAll(() => project.remove());

test("every sub-path can be bundled, and its size is known", async () => {
  const names = subPathsOf(project);
  const sizes = await Promise.all(names.map(measure));
  console.log(names.map((name, index) => `${name.padEnd(26)} ${sizes[index]} bytes min+gz`).join("\n"));
  expect(Math.min(...sizes)).toBeGreaterThan(0);
});

async function measure(name: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from "${name}";`, resolveDir: project.folder },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "node",
    logLevel: "silent",
    external: await foreign(),
  });
  return gzipSync(outputFiles[0]?.contents ?? "").length;
}

/** The frameworks themselves are not counted. */
async function foreign(): Promise<string[]> {
  const { readFile } = await import("node:fs/promises");
  const manifest = JSON.parse(await readFile(`${project.folder}/node_modules/gatewarden/package.json`, "utf8"));
  return Object.keys(manifest.peerDependencies);
}
