// Findings for people: place, message, and the line itself with a mark under the column.
import type { FileProblem } from "../rules/problem.js";

/** One finding, of three lines. */
export function toReport(file: string, text: string, { severity, message, place }: FileProblem): string {
  const { line, column } = place;
  const source = text.split(/\r?\n/)[line - 1] ?? "";
  const number = String(line).padStart(5);
  return toPrintable(
    [
      `${file}:${line}:${column} ${severity}: ${message}`,
      `${number} | ${source.slice(0, 200)}`,
      `      | ${" ".repeat(Math.max(0, column - 1))}^`,
      "",
    ].join("\n"),
  );
}

/** Files may hold what moves a terminal's cursor or hides text (CWE-150). */
export function toPrintable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) => (character === "\n" ? character : "\ufffd"));
}
