// JSON from outside, with a limited depth for recursive code (CWE-674).

const maxDepth = 64;

/** Parses JSON; throws for text that is not JSON, or nested more than 64 levels deep. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!isShallow(value, maxDepth)) throw new SyntaxError(`The JSON is nested more than ${maxDepth} levels deep`);
  return value;
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((one) => isShallow(one, levels - 1));
}
