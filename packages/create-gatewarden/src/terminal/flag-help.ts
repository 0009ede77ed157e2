// The text of `--help`, from the table of flags.
import type { CommandRow, FlagRow } from "./parse-flags.js";

const width = 100;

/** The help of one command. */
export function toHelp({ name, operand, doc, notes = [] }: CommandRow, flags: readonly FlagRow[]): string {
  const rows = flags.filter(({ commands }) => commands.includes(name));
  const usage = ["Usage: gatewarden", name, operand?.name, "[flags]"].filter((part) => part !== undefined).join(" ");
  const paragraphs = [usage, wrap(doc, "")];
  paragraphs.push(toColumns(rows.map((row) => ({ left: toUsage(row), right: toRight(row) }))));
  return `${[...paragraphs, ...notes.map((note) => wrap(note, ""))].join("\n\n")}\n`;
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
function toColumns(lines: readonly { readonly left: string; readonly right: string }[]): string {
  const column = Math.min(26, Math.max(...lines.map(({ left }) => left.length))) + 4;
  const indent = " ".repeat(column);
  return lines
    .map(({ left, right }) => {
      const text = wrap(right, indent);
      return left.length > column - 4 ? `  ${left}\n${indent}${text}` : `  ${left}`.padEnd(column) + text;
    })
    .join("\n");
}

/** Lines of at most 100 characters, all but the first indented. */
function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${indent}`);
}
