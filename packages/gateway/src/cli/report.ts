// Findings for people: place, message, and the line itself with a mark under the column.
import { paint, type Text, toPrintable, toWidth } from "gatewarden/terminal";
import type { FileProblem } from "../rules/problem.js";

/** One finding, of three lines. */
export function toReport(file: string, text: string, { severity, message, place }: FileProblem): readonly Text[] {
  const { line, column } = place;
  const source = (text.split(/\r?\n/)[line - 1] ?? "").slice(0, 200);
  // Escaped and wide characters take more columns than they count.
  const before = " ".repeat(
    toWidth(toPrintable(source.slice(0, column - 1))) + Math.max(0, column - 1 - source.length),
  );
  return [
    ...[paint("strong", `${file}:${line}:${column}`), " ", paint(severity, severity), `: ${message}\n`],
    ...[paint("faint", `${String(line).padStart(5)} | `), `${toPrintable(source)}\n`],
    ...[paint("faint", "      | "), before, paint(severity, "^"), "\n"],
  ];
}
