// What `gatewarden` alone shows: commands in groups, on one screen of 80 columns and 24 lines.

import { paint, type Text } from "./terminal/paint.js";
import type { CommandRow } from "./terminal/parse-flags.js";
import type { Screen } from "./terminal/screen.js";
import { wrap } from "./terminal/wrap.js";

const groups: readonly (readonly [title: string, names: readonly string[]])[] = [
  ["Start here", ["init", "dev", "token"]],
  ["Diagnose", ["explain", "doctor"]],
  ["Local tenant", ["faults", "logout", "signal", "keys", "tenant", "watch", "reset"]],
  ["Production, and moving there", ["gateway", "migrate"]],
  ["Shell", ["completion"]],
];

/** Commands that share a line, so that all fit one screen. */
const together: readonly string[] = ["keys", "tenant", "watch", "reset"];

/** Lines that work as they are: the second in another terminal, while the first runs. */
const examples = ["npx gatewarden dev", 'npx gatewarden explain "$(npx gatewarden token --as alice)"'];
const documentation = "https://github.com/gatewarden/gatewarden#readme";

/** Prints it. `address`: where the documentation is served, if known. */
export function printOverview(screen: Screen, rows: readonly CommandRow[], address: string = documentation): void {
  const own = rows.filter(({ name }) => !together.includes(name));
  const column = Math.max(...own.map(({ name }) => name.length)) + 4;
  const width = Math.min(screen.width, 80);
  screen.out(
    paint("strong", "gatewarden"),
    ": protect backend APIs with OAuth 2.0 access tokens\n",
    ...toGroups(own).flatMap(([title, members]) => [
      paint("faint", `${title}\n`),
      ...members.flatMap((row) => toLine(row, column, width)),
      ...(title === "Local tenant" ? toTogether(rows, column, width) : []),
    ]),
    paint("faint", "For example\n"),
    ...examples.map((line) => `  ${line}\n`),
    ...["gatewarden <command> --help", ` shows the flags of a command.\nRead on: ${address}\n`],
  );
}

function toTogether(rows: readonly CommandRow[], column: number, width: number): Text[] {
  const names = rows.map(({ name }) => name).filter((name) => together.includes(name));
  if (names.length === 0) return [];
  const label = names.join(" ");
  const text = wrap("Change it, watch it, start it over", {
    width,
    indent: " ".repeat(column),
    taken: label.length + 4,
  });
  return ["  ", paint("strong", label), `  ${text}\n`];
}

function toLine({ name, brief, doc }: CommandRow, column: number, width: number): Text[] {
  const text = wrap(brief ?? doc, { width, indent: " ".repeat(column) });
  return ["  ", paint("strong", name), `${" ".repeat(column - 2 - name.length)}${text}\n`];
}

/** A command that stands in no group is listed at the end, rather than not at all. */
function toGroups(rows: readonly CommandRow[]): readonly (readonly [string, readonly CommandRow[]])[] {
  const named = groups.map(([title, names]): readonly [string, readonly CommandRow[]] => [
    title,
    names.flatMap((name) => rows.filter((row) => row.name === name)),
  ]);
  const known = new Set(groups.flatMap(([, names]) => names));
  const others = rows.filter(({ name }) => !known.has(name));
  return [...named, ["Others", others] as const].filter(([, own]) => own.length > 0);
}
