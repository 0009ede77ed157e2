// Findings as text for a terminal.
import { findNearest } from "../explain/difference.js";
import type { LinkedFinding } from "./links.js";
import { toPrintable } from "./printable.js";

/** One paragraph per finding. */
export function formatFindings(findings: readonly LinkedFinding[]): string {
  return findings.map(format).join("\n");
}

function format({ code, message, fix, expected, actual, see }: LinkedFinding): string {
  const lines = [`${code}: ${toPrintable(message)}`, `  fix: ${toPrintable(fix)}`];
  if (expected !== undefined) lines.push(expectedLabel + toFindingText(expected));
  if (actual !== undefined) lines.push(actualLabel + toFindingText(actual), ...toPointer(expected, actual));
  if (see !== undefined) lines.push(`  see: ${toPrintable(see)}`);
  return `${lines.join("\n")}\n`;
}

const expectedLabel = "  expected: ";
const actualLabel = "  actual:   ";

function toFindingText(value: unknown): string {
  return toPrintable(JSON.stringify(value) ?? "");
}

/** A `^` under the first differing character of two texts that nearly match. */
function toPointer(expected: unknown, actual: unknown): readonly string[] {
  const near = findNearest(expected, actual);
  if (near === undefined) return [];
  // Escaped characters are wider: the pointer goes to the visible position.
  const column =
    toFindingText(actual).indexOf(toFindingText(near.actual)) + toFindingText(near.actual.slice(0, near.at)).length - 1;
  return [`${" ".repeat(actualLabel.length + column)}^`];
}
