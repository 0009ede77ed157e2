// Frames of a stack in an answer, as Node.js, Python and Java write them (CWE-209).

/**
 * Whether a text shows a stack. Each line is looked at a few times, from left to right (CWE-1333).
 */
export function holdsStack(text: string): boolean {
  return text.includes("Traceback (most recent call last)") || text.split("\n").some(isFrame);
}

/** A line of a stack; or a line that holds a whole stack, as a JSON document does. */
function isFrame(line: string): boolean {
  const bare = line.trimStart();
  if (bare !== line && bare.startsWith("at ") && /[:(]/.test(bare.slice(4))) return true;
  if (/\.java:\d+\)/.test(line)) return true;
  const at = /\bat /.exec(line)?.index;
  return at !== undefined && /[\w./\\-]\.[cm]?[jt]s:\d+:\d+/.test(line.slice(at + 3));
}
