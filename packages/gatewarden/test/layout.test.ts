// Where tests and their helpers stand (CONTRIBUTING.md, "Tests"): which test proves a file is read
// from the tree.
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../", import.meta.url));
const library = join(packages, "gatewarden");

/** Folders of tests that are about no single room of `src`. */
const acrossRooms = [
  "field-reports",
  "first-hour",
  "fuzz",
  "hostile",
  "local-tenant",
  "scripts",
  "site",
  "support",
  "vectors",
  "work",
];
/** Tests of the package as a whole. */
const ofPackage = ["comments", "exports", "imports", "layout", "security-doc", "skill", "types", "verbs"];

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== "__snapshots__")
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? listFiles(path) : [path];
    });
}

describe.each(["gatewarden", "dev", "gateway", "create-gatewarden"])("A file among the tests of %s", (name) => {
  const tests = join(packages, name, "test");
  const files = listFiles(tests).map((file) => relative(tests, file));

  test("is a test, a helper beside the tests of its folder, or a helper in test/support", () => {
    const isHelper = (file: string) => /(^|\/)_/.test(file) || file.startsWith("support/");
    expect(files.filter((file) => !file.endsWith(".test.ts") && !isHelper(file))).toEqual([]);
  });

  test("is no test where helpers stand", () => {
    expect(files.filter((file) => /(^|\/)(_|support\/)/.test(file) && file.endsWith(".test.ts"))).toEqual([]);
  });
});

describe("Tests of the library", () => {
  const [source, tests] = [join(library, "src"), join(library, "test")];
  const files = listFiles(tests).map((file) => relative(tests, file));

  test("stand in a folder that is named after a room of src, or that is about several", () => {
    const folders = [...new Set(files.map((file) => dirname(file).split("/")[0] ?? ""))];
    const strangers = folders.filter((one) => !acrossRooms.includes(one) && !existsSync(join(source, one)));
    expect(strangers).toEqual([]);
  });

  test("stand at the root only when they are about a file at the root, or about the whole package", () => {
    const names = files.filter((file) => !file.includes("/")).map((file) => file.replace(/\.test\.ts$/, ""));
    const strangers = names.filter((one) => !ofPackage.includes(one) && !existsSync(join(source, `${one}.ts`)));
    expect(strangers).toEqual([]);
  });
});
