// The table of requests, against the original and the drop-in side by side, in Express 4 and 5.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { frameworks, observeBoth, type Result } from "./_bench.js";
import { differences } from "./_differences.js";
import type { Answer, RequestRow } from "./_request-case.js";
import { themes } from "./_themes.js";

const all = Object.values(themes).flat();

function toAnswer(observed: Result): Answer | "refused" {
  if (observed === "refused") return observed;
  const { status, code } = observed;
  return code === undefined ? [status] : [status, code];
}

/** What is compared: everything but ES256K, and the texts where a row allows it. */
function toComparable(observed: Result, { isWorded }: RequestRow): unknown {
  const text = JSON.stringify(observed).replaceAll("ES256K ", "");
  return JSON.parse(isWorded ? text.replace(/error_description=\\"[^"]*\\"/g, "") : text);
}

describe.each(Object.keys(frameworks) as (keyof typeof frameworks)[])("In %s", (framework) => {
  describe.each(Object.entries(themes))("%s:", (_theme, rows) => {
    test.each(rows.map((row) => [row.title, row] as const))("%s", async (_title, row) => {
      const { original, dropIn } = await observeBoth(row, framework);
      expect({ original: toAnswer(original), dropIn: toAnswer(dropIn) }).toEqual({
        original: row.original ?? row.answer,
        dropIn: row.answer,
      });
      if (row.original === undefined) expect(toComparable(dropIn, row)).toEqual(toComparable(original, row));
      // RFC 9110 §15.6.4: clients are told when to come back.
      if (dropIn !== "refused" && dropIn.status === 503) expect(Number(dropIn.retryAfter)).toBeGreaterThan(0);
    });
  });
});

describe("The table", () => {
  test("has at least 150 rows, each with a title of its own in its theme", () => {
    expect(all.length).toBeGreaterThanOrEqual(150);
    for (const rows of Object.values(themes)) expect(new Set(rows.map(({ title }) => title)).size).toBe(rows.length);
  });

  test("names a difference exactly where the two answer differently", () => {
    const strangers = all.filter(({ original, difference }) => (original === undefined) !== (difference === undefined));
    expect(strangers.map(({ title }) => title)).toEqual([]);
    expect(all.filter(({ answer, original }) => `${answer}` === `${original}`).map(({ title }) => title)).toEqual([]);
  });

  test("has a row for each difference, and a difference for each name", () => {
    const named = all.flatMap(({ difference, isWorded }) => [difference ?? [], isWorded ? "wording" : []].flat());
    expect([...new Set(named)].sort()).toEqual(Object.keys(differences).sort());
  });
});

test("The guide lists exactly the differences of the table", () => {
  const guide = readFileSync(
    new URL("../../../../../docs/migrating/express-oauth2-jwt-bearer.md", import.meta.url),
    "utf8",
  );
  const [, section = ""] = guide.split(/^## What differs on purpose$/m);
  const rows = (section.split(/^## /m)[0] ?? "").split("\n").filter((line) => line.startsWith("| "));
  const listed = rows.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  expect(listed).toEqual(Object.entries(differences).map(([name, { there, here, why }]) => [name, there, here, why]));
});
