// The text of `--help`, from the table of flags.
import { paint, render, type Text } from "./paint.js";
import type { CommandRow, FlagRow } from "./parse-flags.js";
import type { Screen } from "./screen.js";
import { toWidth } from "./text-width.js";
import { wrap } from "./wrap.js";

/** The columns of help that no terminal shows. */
const usualWidth = 100;

/** Prints the help of one command. */
export function printHelp(screen: Screen, command: CommandRow, flags: readonly FlagRow[]): void {
  screen.out(...toParts(command, flags, Math.min(screen.width, usualWidth)));
}

/** The help of one command, as plain text. */
export function toHelp(command: CommandRow, flags: readonly FlagRow[]): string {
  return render(toParts(command, flags, usualWidth), false);
}

function toParts({ name, operand, doc, notes = [] }: CommandRow, flags: readonly FlagRow[], width: number): Text[] {
  const rows = flags.filter(({ commands }) => commands.includes(name));
  const usage = ["gatewarden", name, operand?.name, "[flags]"].filter((part) => part !== undefined).join(" ");
  const columns = toColumns(
    rows.map((row) => ({ left: toUsage(row), right: toRight(row) })),
    width,
  );
  return [
    ...[paint("strong", "Usage:"), ` ${usage}\n\n${wrap(doc, { width })}\n\n`],
    ...columns,
    ...notes.map((note) => `\n\n${wrap(note, { width })}`),
    "\n",
  ];
}

/** The commands, one per line, as plain text. */
export function listCommands(commands: readonly CommandRow[]): string {
  const toName = ({ name, operand }: CommandRow) => [name, operand?.name].filter(Boolean).join(" ");
  const rows = commands.map((row) => ({ left: `gatewarden ${toName(row)}`, right: row.doc }));
  return render(toColumns(rows, usualWidth), false);
}

/** The flag with its value, as the user writes it. */
export function toUsage({ name, short, value }: FlagRow): string {
  const dashed = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return value === undefined ? dashed : `${dashed} ${value}`;
}

function toRight({ doc, kind, fallback, environment = [] }: FlagRow): string {
  const facts = [
    ...(kind === "list" ? ["may be repeated"] : []),
    ...(fallback === undefined ? [] : [`default: ${fallback}`]),
    ...(environment.length === 0 ? [] : [`environment: ${environment.join(", ")}`]),
  ];
  return facts.length === 0 ? doc : `${doc} (${facts.join("; ")})`;
}

/** Two columns. A long left entry has its own line. */
function toColumns(lines: readonly { readonly left: string; readonly right: string }[], width: number): Text[] {
  const most = Math.max(...lines.map(({ left }) => toWidth(left)));
  const column = Math.min(width < 60 ? 4 : 26, most) + 4;
  const indent = " ".repeat(column);
  return lines.flatMap(({ left, right }, index): Text[] => {
    const text = wrap(right, { width, indent });
    const gap = toWidth(left) > column - 4 ? `\n${indent}` : " ".repeat(column - 2 - toWidth(left));
    return [index === 0 ? "  " : "\n  ", paint("strong", left), `${gap}${text}`];
  });
}
