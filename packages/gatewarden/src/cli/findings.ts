// Findings as text for a terminal.
import type { Finding } from "../index.js";

/** One paragraph per finding. */
export function formatFindings(findings: readonly Finding<string>[]): string {
  return findings.map(format).join("\n");
}

function format({ code, message, fix, expected, actual }: Finding<string>): string {
  const lines = [`${code}: ${message}`, `  fix: ${fix}`];
  if (expected !== undefined) lines.push(`  expected: ${JSON.stringify(expected)}`);
  if (actual !== undefined) lines.push(`  actual:   ${JSON.stringify(actual)}`);
  return `${lines.join("\n")}\n`;
}
