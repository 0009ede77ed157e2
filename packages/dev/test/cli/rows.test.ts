// Lists of the commands at a terminal: no line is broken within a word.
import { toWidth } from "gatewarden/terminal";
import { expect, test } from "vitest";
import { formatRows } from "../../src/cli/rows.js";
import { main } from "../../src/cli.js";
import { createSession } from "../support/cli-session.js";
import { startTenant } from "../support/tenants.js";

const rows = [
  { name: "東京", text: "one two three four five six seven eight", mark: "* " },
  { name: "long-name", text: "" },
];

test.each([
  [Number.POSITIVE_INFINITY, ["* 東京       one two three four five six seven eight", "  long-name  "]],
  [40, ["* 東京       one two three four five six", "             seven eight", "  long-name  "]],
  [30, ["* 東京       one two three", "    four five six seven eight", "  long-name  "]],
])("two columns, %d wide", (width, lines) => {
  expect(
    formatRows(rows, width)
      .trimEnd()
      .split("\n")
      .map((line) => line.trimEnd()),
  ).toEqual(lines.map((line) => line.trimEnd()));
});

test.each([["faults"], ["tenant"]])(
  "gatewarden %s fits 80 columns, and is one line per entry elsewhere",
  async (command) => {
    const tenant = await startTenant();
    const print = async (columns: number | undefined) => {
      const session = await createSession();
      const io = { ...session.io, env: { TERM: "dumb" }, columns: { out: columns, error: columns } };
      expect(await main([command, "--issuer", tenant.issuer], io)).toBe(0);
      return session.out().split("\n");
    };
    const [narrow, endless] = [await print(80), await print(undefined)];
    expect(narrow.filter((line) => toWidth(line) > 80)).toEqual([]);
    expect(endless.length).toBeLessThan(narrow.length);
    const words = (lines: readonly string[]) => lines.join(" ").split(/\s+/);
    expect(words(narrow)).toEqual(words(endless));
  },
);
