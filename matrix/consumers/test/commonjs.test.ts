// The packed library under compilers that make CommonJS, with the resolution that is their default
// and with each that may be set. What they emit is run.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "./support/compile.js";
import { allPackages, createProject, isLeftOut, type Project, subPathsOf, titleOf } from "./support/project.js";

// A compiler takes seconds, and on a busy machine many.
const timeout = 300_000;

const old = { module: "commonjs", moduleResolution: "node10" };
/** TypeScript 6 calls node10 deprecated, and 7 has it no more: their default is `bundler`. */
const settings: readonly (readonly [string, string, object])[] = [
  ["5.4, default of commonjs", "typescript54", { module: "commonjs" }],
  ["5.9, default of commonjs", "typescript59", { module: "commonjs" }],
  ["5.9, node10", "typescript59", old],
  ["5.9, nodenext", "typescript59", { module: "nodenext", moduleResolution: "nodenext" }],
  ["6, node10", "typescript6", { ...old, ignoreDeprecations: "6.0" }],
  ["6, default of commonjs", "typescript6", { module: "commonjs" }],
  ["7, default of commonjs", "typescript", { module: "commonjs" }],
  ["7, bundler", "typescript", { module: "commonjs", moduleResolution: "bundler" }],
];

const common = {
  ...{ lib: ["es2023", "dom", "dom.iterable", "esnext.disposable"], types: ["node"], skipLibCheck: true },
  ...{ esModuleInterop: true, noEmit: false, outDir: "out", experimentalDecorators: true },
};

describe.skipIf(isLeftOut)(titleOf("compiled to CommonJS"), () => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject("commonjs", { packages: allPackages() });
    writeFileSync(join(project.folder, "all.ts"), useAll(subPathsOf(project)));
  });
  afterAll(() => project.remove());

  test.each(settings)(
    "TypeScript %s finds the types of every sub-path, and what it emits runs",
    async (_name, compiler, options) => {
      expect(await compile(project, compiler, ["app.ts", "all.ts"], { ...common, ...options })).toEqual([]);
      expect(readFileSync(join(project.folder, "out/app.js"), "utf8")).toContain('require("gatewarden/fetch")');
      const { code, output } = await project.run("out/app.js");
      const lines = ["200 auth0|alice", "403 ", "token_opaque string", "function function"];
      expect([output.trim().split("\n"), code]).toEqual([lines, 0]);
      expect(await project.run("out/all.js")).toMatchObject({ code: 0, output: "all sub-paths load\n" });
    },
    timeout,
  );
});

/** A program that compiles only if nothing that it imports is `any`. */
function useAll(names: readonly string[]): string {
  return [
    "type Known<Value> = 0 extends 1 & Value ? never : Value[keyof Value] extends never ? never : true;",
    ...names.map((name, index) => `import * as module${index} from "${name}";`),
    ...names.map((_name, index) => `const known${index}: Known<typeof module${index}> = true; void module${index};`),
    `if ([${names.map((_, index) => `known${index}`)}].length === ${names.length}) console.log("all sub-paths load");`,
  ].join("\n");
}
