// Findings as text for a terminal.
import { findNearest } from "../explain/difference.js";
import type { Finding } from "../index.js";

/** One paragraph per finding. */
export function formatFindings(findings: readonly Finding<string>[]): string {
  return findings.map(format).join("\n");
}

function format({ code, message, fix, expected, actual }: Finding<string>): string {
  const lines = [`${code}: ${toPlain(message)}`, `  fix: ${toPlain(fix)}`];
  if (expected !== undefined) lines.push(expectedLabel + toText(expected));
  if (actual !== undefined) lines.push(actualLabel + toText(actual), ...toPointer(expected, actual));
  return `${lines.join("\n")}\n`;
}

const expectedLabel = "  expected: ";
const actualLabel = "  actual:   ";

function toText(value: unknown): string {
  return toPlain(JSON.stringify(value) ?? "");
}

/** On one line, and without anything that a terminal would act on (CWE-150). */
function toPlain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "?");
}

/** A `^` under the first character that differs, where two texts nearly match. */
function toPointer(expected: unknown, actual: unknown): readonly string[] {
  const near = findNearest(expected, actual);
  if (near === undefined) return [];
  const whole = JSON.stringify(near.actual);
  // What JSON escapes takes more room: the pointer goes where the character is seen.
  const column = toText(actual).indexOf(whole) + JSON.stringify(near.actual.slice(0, near.at)).length - 1;
  return [`${" ".repeat(actualLabel.length + column)}^`];
}
