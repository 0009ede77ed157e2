// JSON of each type, and what is odd in its size, depth, or the names of its members: as text,
// since not all of it survives `JSON.stringify`.

const deep = 10_000;

/**
 * Members that code reads by accident: as conversions, as prototypes, as promises (CWE-843,
 * CWE-1321).
 */
const oddObjects = [
  '{"toString":1,"valueOf":1}',
  '{"toString":{},"valueOf":{},"toJSON":1}',
  '{"__proto__":{"toString":1}}',
  '{"__proto__":null}',
  '{"constructor":null}',
  '{"constructor":{"prototype":null}}',
  '{"then":1}',
  '{"then":{},"catch":{}}',
  '{"length":1e9}',
  '{"length":-1,"0":"a"}',
  '{"hasOwnProperty":1,"get":1}',
  '{"type":{"toString":1},"data":[]}',
  '{"_placeholder":true,"num":0}',
];

const usual = [
  ...["null", "true", "false", "0", "-1", "1e400", "9007199254740993", "0.1"],
  ...['""', '"x"', '" "', '"Bearer x"', '"a,b"', '"\\u0000"', '"\\r\\nX: y"', '"\\ud800"', '"__proto__"', '"é中"'],
  ...["[]", "{}", "[null]", '["x"]', "[[]]", "[{}]", '[{"toString":1}]', '{"token":"x"}', '{"name":{}}'],
];

const large = [
  `${"[".repeat(deep)}${"]".repeat(deep)}`,
  `${'{"a":'.repeat(deep)}1${"}".repeat(deep)}`,
  `"${"a".repeat(1024 * 1024)}"`,
  `[${"0,".repeat(3000)}0]`,
];

/** What fits into a header or a query. */
export const smallJson: readonly string[] = [...usual, ...oddObjects];

/** All of it: for bodies and messages. */
export const anyJson: readonly string[] = [...smallJson, ...large];

/** What a failing test says of a text. */
export function toLabel(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}… (${text.length})` : text);
}
