// Where two texts part that nearly match, in words.

/** What kind of difference it is, and the first character where they part. A clause. */
export function describeDifference(expected: string, actual: string): string {
  const slashless = (text: string) => text.replace(/\/+$/, "");
  if (slashless(expected) === slashless(actual)) return "only the slash at the end differs";
  const where = describeFirst(expected, actual);
  if (expected.toLowerCase() === actual.toLowerCase()) return `only upper and lower case differ (${where})`;
  return `the ${findPart(expected, actual)} differs (${where})`;
}

function describeFirst(expected: string, actual: string): string {
  const [left, right] = [[...expected], [...actual]];
  const index = left.findIndex((char, position) => char !== right[position]);
  const position = index < 0 ? left.length : index;
  const show = (char: string | undefined) => (char === undefined ? "nothing" : `"${char}"`);
  return `character ${position + 1} is ${show(right[position])} instead of ${show(left[position])}`;
}

/** The first part of a URL that is not the same; they are compared in the order in which they stand. */
function findPart(expected: string, actual: string): string {
  if (!URL.canParse(expected) || !URL.canParse(actual)) return "text";
  const [left, right] = [new URL(expected), new URL(actual)];
  const parts = { scheme: "protocol", host: "hostname", port: "port", path: "pathname" } as const;
  const [name] = Object.entries(parts).find(([, part]) => left[part] !== right[part]) ?? ["text"];
  return name;
}
