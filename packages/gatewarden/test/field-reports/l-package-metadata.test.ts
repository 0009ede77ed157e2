// What resolvers read that know no `exports`: TypeScript's `node10`, which is the default of
// `module: commonjs` up to TypeScript 5.9 (Nest's and older Next.js' generated projects).
// https://www.typescriptlang.org/docs/handbook/modules/reference.html#node10-formerly-known-as-node
// https://github.com/clerk/javascript/pull/7998, https://github.com/visgl/react-map-gl/pull/2486
// That the compilers find types by it, and that what they emit runs, is tested in `matrix/consumers`.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const packages = new URL("../../../", import.meta.url);

interface Manifest {
  readonly type: string;
  readonly main: string;
  readonly types: string;
  readonly typesVersions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

describe.each(["gatewarden", "dev"])("Of the package in packages/%s", (name) => {
  const root = new URL(`${name}/`, packages);
  const manifest: Manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
  const entries = Object.entries(manifest.exports).flatMap(([path, target]) =>
    typeof target === "string"
      ? []
      : [{ path, file: target["default"] ?? "", source: target["@gatewarden/source"] ?? "" }],
  );
  const subPaths = entries.filter(({ path }) => path !== ".");

  test("resolvers that know no `exports` find the root", () => {
    const file = entries.find(({ path }) => path === ".")?.file ?? "";
    expect([manifest.main, manifest.types]).toEqual([file, file.replace(/\.js$/, ".d.ts")]);
  });

  test.each(subPaths)("they find the types of $path", ({ path, file }) => {
    expect(manifest.typesVersions["*"]?.[path.slice(2)]).toEqual([file.replace(/\.js$/, ".d.ts")]);
  });

  test("they find nothing else", () => {
    expect(Object.keys(manifest.typesVersions)).toEqual(["*"]);
    const names = Object.keys(manifest.typesVersions["*"] ?? {});
    expect(names.sort()).toEqual(subPaths.map(({ path }) => path.slice(2)).sort());
  });

  test("all others find one file per sub-path, for import and for require", () => {
    for (const [, target] of Object.entries(manifest.exports)) {
      if (typeof target !== "string") expect(Object.keys(target)).toEqual(["@gatewarden/source", "default"]);
    }
    expect(manifest.type).toBe("module");
  });

  test.each(entries)("$path has a source, which the build makes its file of", ({ file, source }) => {
    expect(existsSync(new URL(source, root))).toBe(true);
    expect(source.replace("./src/", "./dist/").replace(/\.ts$/, ".js")).toBe(file);
  });
});
