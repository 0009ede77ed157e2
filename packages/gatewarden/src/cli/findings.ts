// Findings as text for a terminal.
import { findNearest } from "../explain/difference.js";
import type { LinkedFinding } from "./links.js";
import { paint, type Style, type Text } from "./terminal/paint.js";
import { toPrintable } from "./terminal/printable.js";
import { toWidth } from "./terminal/text-width.js";
import { wrap } from "./terminal/wrap.js";

/** One paragraph per finding. Begins with its severity in the words of all commands. */
export function formatFindings(findings: readonly LinkedFinding[], width: number): readonly Text[] {
  return findings.flatMap((finding, index) => [...(index === 0 ? [] : ["\n"]), ...format(finding, width)]);
}

function format({ code, severity, message, fix, expected, actual, see }: LinkedFinding, width: number): Text[] {
  const [style, word] = toWord(code, severity);
  const taken = toWidth(`${word} ${code}: `);
  const body = [`: ${wrap(toPrintable(message), { width, indent: "  ", taken })}\n`, "  ", paint("faint", "fix:")];
  const lines: Text[] = [
    ...[paint(style, word), " ", paint("strong", toPrintable(code)), ...body],
    ` ${wrap(toPrintable(fix), { width, indent: "       ", taken: 7 })}\n`,
  ];
  if (expected !== undefined) lines.push(`${expectedLabel}${toFindingText(expected)}\n`);
  if (actual !== undefined) lines.push(`${actualLabel}${toFindingText(actual)}\n`);
  if (actual !== undefined) lines.push(...toPointer(expected, actual, width));
  if (see !== undefined) lines.push(`  see: ${toPrintable(see)}\n`);
  return lines;
}

function toWord(code: string, severity: LinkedFinding["severity"]): readonly [Style, string] {
  if (code === "accepted") return ["ok", "ok"];
  return severity === "info" ? ["note", "note"] : [severity, severity];
}

const expectedLabel = "  expected: ";
const actualLabel = "  actual:   ";

function toFindingText(value: unknown): string {
  return toPrintable(JSON.stringify(value) ?? "");
}

/** A `^` under the first differing character of two texts that nearly match. */
function toPointer(expected: unknown, actual: unknown, width: number): readonly Text[] {
  const near = findNearest(expected, actual);
  if (near === undefined) return [];
  const [text, whole] = [toFindingText(actual), toFindingText(near.actual)];
  // Escaped characters are wider: the pointer goes to the visible position. What stands before the
  // difference is one column more for the quote that opens it, and one less for the one that ends.
  const before = text.slice(0, text.indexOf(whole)) + toFindingText(near.actual.slice(0, near.at)).slice(0, -1);
  const column = actualLabel.length + toWidth(before);
  // Where the terminal wraps the line, the pointer would stand under something else.
  return column >= width ? [] : [" ".repeat(column), paint("error", "^"), "\n"];
}
