// The tables of docs/create.md say what the tables of this package say.
import { readFileSync } from "node:fs";
import { toUsage } from "gatewarden/terminal";
import { expect, test } from "vitest";
import { flags, toFlagName } from "../src/flags.js";
import { providers } from "../src/providers.js";

const page = readFileSync(new URL("../../../docs/create.md", import.meta.url), "utf8");
const argumentNames = providers.flatMap((row) => row.arguments.map(({ name }) => toFlagName(name)));

/** The rows of the table with this heading, as aligned as the formatter likes. */
function readTable(heading: string): readonly string[] {
  const lines = page.split("\n").map((line) => line.replaceAll(/ +/g, " "));
  const start = lines.indexOf(heading) + 2;
  const length = lines.slice(start).indexOf("");
  return lines.slice(start, start + length);
}

test("the flags", () => {
  const rows = flags
    .filter(({ name }) => !argumentNames.includes(name) && name !== "provider")
    .map((flag) => `| \`${toUsage(flag)}\` | ${flag.doc} |`);
  expect(readTable("| flag | what it says |")).toEqual(rows);
});

test("what each provider needs", () => {
  const list = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => `\`--${toFlagName(name)}\``);
  const rows = providers.map(({ id, title, arguments: all }) => {
    const needed = all
      .filter(({ isOptional }) => !isOptional)
      .map((row) => [row, ...(row.unless ?? []).map((name) => ({ name }))])
      .map((either) => list(either).join(" or "));
    const alternatives = all.flatMap(({ unless = [] }) => unless);
    const optional = list(all.filter(({ name, isOptional }) => isOptional && !alternatives.includes(name)));
    return `| \`${id}\`: ${title} | ${needed.join(", ")} | ${optional.join(", ")} |`.replaceAll(/ +/g, " ");
  });
  expect(readTable("| `--provider` | needs | may have |")).toEqual(rows);
});
