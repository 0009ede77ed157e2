// Stack frames in an answer, in the formats of Node.js, Python and Java (CWE-209).

/**
 * Whether a text contains a stack. Each line is scanned a few times, from left to right (CWE-1333).
 */
export function holdsStack(text: string): boolean {
  return text.includes("Traceback (most recent call last)") || text.split("\n").some(isFrame);
}

/** A line of a stack, or a line that contains a whole stack, as in a JSON document. */
function isFrame(line: string): boolean {
  const bare = line.trimStart();
  if (bare !== line && bare.startsWith("at ") && /[:(]/.test(bare.slice(4))) return true;
  if (/\.java:\d+\)/.test(line)) return true;
  const at = /\bat /.exec(line)?.index;
  return at !== undefined && /[\w./\\-]\.[cm]?[jt]s:\d+:\d+/.test(line.slice(at + 3));
}
