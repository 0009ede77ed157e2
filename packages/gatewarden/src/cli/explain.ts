// `gatewarden explain`: findings as text. The token itself is never printed.
import type { Finding } from "../index.js";

/** The token from the command line or, for "-", from standard input; undefined when there is not exactly one. */
export async function readToken(
  positionals: readonly string[],
  input: () => Promise<string>,
): Promise<string | undefined> {
  const [first, second] = positionals;
  if (first === undefined || second !== undefined) return undefined;
  return first === "-" ? (await input()).trim() : first;
}

/** One paragraph per finding. */
export function formatFindings(findings: readonly Finding[]): string {
  return findings.map(format).join("\n");
}

function format({ code, message, fix, expected, actual }: Finding): string {
  const lines = [`${code}: ${message}`, `  fix: ${fix}`];
  if (expected !== undefined) lines.push(`  expected: ${JSON.stringify(expected)}`);
  if (actual !== undefined) lines.push(`  actual:   ${JSON.stringify(actual)}`);
  return `${lines.join("\n")}\n`;
}
