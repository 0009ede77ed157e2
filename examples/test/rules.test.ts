// What the small examples have in common: they are small, and they read the same variables.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { examples } from "../../scripts/lib/examples/list.mjs";

const folder = join(import.meta.dirname, "..");
const read = (...path: readonly string[]) => readFileSync(join(folder, ...path), "utf8");
const variable = /(?:env\["|env\.get\("|process\.env\.)([A-Z][A-Z0-9_]*)/g;

/** The sources of an example, file by file. */
function readSources(name: string): readonly string[] {
  const files = readdirSync(join(folder, name, "src"), { recursive: true, withFileTypes: true });
  return files.filter((file) => file.isFile()).map((file) => readFileSync(join(file.parentPath, file.name), "utf8"));
}

const known = new Set(read("fastify", ".env.example").match(/[A-Z][A-Z0-9_]+(?==)/g));

describe.each(examples.filter(({ isLarge }) => !isLarge))("examples/$name", ({ name, hasCors }) => {
  test("has at most 60 lines of its own", () => {
    const lines = readSources(name).reduce((sum, text) => sum + text.trimEnd().split("\n").length, 0);
    expect(lines).toBeLessThanOrEqual(60);
  });

  test("reads the variables of examples/fastify, and no others", () => {
    const used = readSources(name).flatMap((text) => [...text.matchAll(variable)].map(([, found]) => found));
    expect(used).toEqual(expect.arrayContaining(["HOST", "PORT", ...(hasCors ? ["CORS_ORIGINS"] : [])]));
    expect(used.filter((found) => !known.has(found ?? ""))).toEqual([]);
  });
});

describe.each(examples)("examples/$name", ({ name }) => {
  test("has a README with its command, and is on the list of examples and in the documentation", () => {
    expect(read(name, "README.md")).toContain(`npm run serve -w examples/${name}`);
    const row = read("README.md")
      .split("\n")
      .find((line) => line.includes(`(${name}/README.md)`));
    expect(row).toContain(`npm start -- --example ${name}`);
    const [, page = ""] = /\]\(\.\.\/docs\/([\w/-]+\.md)/.exec(row ?? "") ?? [];
    expect(read("..", "docs", page)).toMatch(new RegExp(`\\]\\([./]*/examples/${name}(/README\\.md|/)?\\)`));
    expect(existsSync(join(folder, name, "tsconfig.json"))).toBe(true);
  });
});
