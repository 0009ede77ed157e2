// SECURITY.md cannot go stale: each file that it names is there, and each test says what the table says of it.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const root = new URL("../../../", import.meta.url);
const [source, tests] = [new URL("packages/gatewarden/src/", root), new URL("packages/gatewarden/test/", root)];
const rows = readFileSync(new URL("SECURITY.md", root), "utf8")
  .split("\n")
  .filter((line) => /^\| +(?:\d+|\+) +\|/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([, number = "", attack = "", stopped = "", shown = ""]) => ({ number, attack, stopped, shown }));

const numbered = rows.filter(({ number }) => number !== "+");
/** The one class that no test shows, and the document says so. */
const untested = "47";

const stoppers = rows.flatMap(({ attack, stopped }) =>
  [...stopped.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => [file, attack] as const),
);
const proofs = rows.flatMap(({ shown }) =>
  [...shown.matchAll(/`([^`]+)` "([^"]+)"/g)].map(([, file = "", title = ""]) => [file, title] as const),
);

describe("The table of attacks", () => {
  it("has each of the 47 classes once, in order", () => {
    expect(numbered.map(({ number }) => Number(number))).toEqual(Array.from({ length: 47 }, (_, index) => index + 1));
  });

  it.each(rows.map(({ attack, ...row }) => [attack, row] as const))(
    "says where it is stopped and what shows it: %s",
    (_attack, row) => {
      expect(row.stopped).toMatch(/^`[^`]+`(, `[^`]+`)*$/);
      if (row.number === untested) expect(row.shown).toBe("not tested");
      else expect(row.shown).toMatch(/^`[^`]+` "[^"]+"(; `[^`]+` "[^"]+")*$/);
    },
  );

  it.each(stoppers)("names a source file that is there: %s (%s)", (file) => {
    expect(existsSync(new URL(file, source))).toBe(true);
  });

  it.each(proofs)("names a test that is there: %s %j", (file, title) => {
    const texts = readFileSync(new URL(file, tests), "utf8").match(/(["'`]).*\1/g) ?? [];
    expect(texts.filter((text) => text.includes(title))).not.toEqual([]);
  });
});

describe("Each table of cases that it names", () => {
  const tables = [
    ...new Set(
      proofs.map(([file]) => file).filter((file) => /\/_[a-z]+-cases\.ts$/.test(file) && file.startsWith("token/")),
    ),
  ];

  it.each(tables)("is run by a test: %s", (file) => {
    const name = file.replace(/^token\//, "./").replace(/\.ts$/, ".js");
    expect(readFileSync(new URL("token/token-cases.test.ts", tests), "utf8")).toContain(name);
  });
});
