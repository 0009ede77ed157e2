// Text from outside is read in steps in proportion to its length (CWE-1333, CWE-407). Steps are
// counted; where a function has no counter, it is given so many characters that the square of them
// would not end within any test's time.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readChallenges, splitItems } from "../../src/cli/doctor/api/challenges.js";
import { holdsStack } from "../../src/cli/doctor/api/stack.js";
import { toShownText } from "../../src/cli/doctor/catalogue/shown-text.js";
import { audienceCheck } from "../../src/cli/doctor/checks/audience-check.js";
import { inspectValue, variables } from "../../src/cli/doctor/checks/variables.js";
import { createRecorder } from "../../src/cli/doctor/recorder.js";
import { formatFindings } from "../../src/cli/findings.js";
import { readPasted } from "../../src/cli/pasted.js";
import { splitWords } from "../../src/cli/shell-words.js";
import { toPrintable } from "../../src/cli/terminal/printable.js";
import { findDifference } from "../../src/explain/difference.js";
import { quote, redact } from "../../src/explain/redact.js";
import { readShape } from "../../src/explain/shape/shape.js";
import { readWrapping } from "../../src/explain/shape/wrapping.js";
import { trimBoth } from "../../src/platform/trim.js";
import { surround } from "./doctor/_examine.js";

const special = [
  "\\",
  "'",
  '"',
  "$",
  "$'",
  "^",
  "`",
  " ",
  "\n",
  "\r\n",
  ",",
  "=",
  ":",
  "-H",
  "a",
  "\\\n",
  "\\'",
  '\\"',
  "/",
  "@",
];
const text = fc.array(fc.constantFrom(...special), { maxLength: 400 }).map((parts) => parts.join(""));
const mostPerCharacter = 6;

describe("The steps of", () => {
  test.each([
    ["a command line", (one: string) => splitWords(one).steps],
    ["a challenge", (one: string) => splitItems(one).steps],
  ])("%s are in proportion to it, whatever it holds", (_what, count) => {
    fc.assert(
      fc.property(text, text, (beginning, pump) => {
        for (const times of [1, 2, 64]) {
          const whole = beginning + pump.repeat(times);
          expect(count(whole)).toBeLessThanOrEqual(mostPerCharacter * (whole.length + 1));
        }
      }),
      { seed: 18, numRuns: 500 },
    );
  });

  test("a command line of backslashes in a quote that is not closed double with it", () => {
    const steps = [44, 88, 44_000, 88_000].map((length) => splitWords(`curl '${"\\".repeat(length)}`).steps);
    const [one = 0, two = 0, many = 0, more = 0] = steps;
    expect(two - one).toBe(44);
    expect(more - many).toBe(44_000);
  });
});

/**
 * Beginnings, and what is repeated after them until there are enough characters; then an end that
 * fits nothing.
 */
const pumps: readonly (readonly [beginning: string, pump: string, end: string])[] = [
  ...[
    ["curl '", "\\", ""],
    ['curl "', "\\", ""],
    ["curl ", "'\\", "x"],
    ["curl ", "$'a\\''", ""],
    ["curl -H ", "'a:b' -H ", ""],
  ],
  ...[
    ["", "\n", "x"],
    ["", " \n", "authorization"],
    ["authorization", " ", "x"],
    ["", "authorization\n", ""],
    ["", "a: b\n", ""],
  ],
  ...[
    ["GET / HTTP/1.1\n", "a: b\n", ""],
    ["GET ", "/ ", "HTTP/1.1"],
    ["authorization: x\n", "a: b\n", ""],
    ["> ", "\n> ", ""],
  ],
  ...[
    ["", "/", "a"],
    ["https://", "/", "a"],
    ["https://", "a", ""],
    ["https://a", "/a", ""],
    ["", "'", "x"],
    ["a", '\\"', "x"],
  ],
  ...[
    ["Bearer a=", '"', ""],
    ["Bearer a=", '"\\"', ""],
    ["", '"\\', ""],
    ["", ",", ""],
    ["Bearer ", "a=b,", ""],
    ["", "a b,", ""],
  ],
  ...[
    ["", " ", "at"],
    ["", "\n ", "at"],
    ["", "at ", ""],
    ["at ", "a.js:1:", ""],
    ["at ", ".js:1", ":"],
    ["", "a.java:1", ""],
  ],
  ...[
    ["at ", "a/", "b"],
    ["", "    at (", "\n"],
    ["{", "\\n    at a", "}"],
    ["", "at .", "js"],
    ["Traceback", " (most", ""],
  ],
  ...[
    ["", "@", ""],
    ["//", "a@", "/"],
    ["", "//a", "@"],
    ["", "eyJ", ""],
    ["", "eyJ-", "."],
    ["", "ey", ""],
    ["eyJaaaaaa", ".", " "],
  ],
  ...[
    ["Bearer", " ", ""],
    ["", "Bearer ", ""],
    ["Bearer ", "=", ""],
    ["", "%", ""],
    ["", "%41", "%"],
    ["?", "access_token=&", ""],
  ],
  ...[
    ["<", "<", ""],
    ["{{", "{", "}"],
    ["$(", "(", ""],
    ["", "token", ""],
    ["s:", "a", "."],
    ["v1.M", "-", "!"],
    ["0.A", "a.", "!"],
  ],
  ...[
    ["", "\u202e", ""],
    ["", "\u2028a", ""],
    ["", "=", "a"],
    ["YQ", "=", "a"],
    ["", ".", ""],
    ["{", '"a":{', ""],
    ["", "…", ""],
  ],
] as const;

const length = 300_000;
const named = pumps.map((parts) => [toPrintable(JSON.stringify(parts)), ...parts] as const);

const readers: readonly (readonly [string, (one: string) => unknown])[] = [
  ["as pasted", readPasted],
  ["as a header of a server", (one) => readChallenges([one])],
  ["as the body of a server", holdsStack],
  ["as a value in a finding", (one) => [toShownText(one), quote(one), redact({ [one]: [one] })]],
  ["as a value in a .env", (one) => variables.map((variable) => inspectValue(variable, one))],
  ["as an audience", (one) => examineAudience(one)],
  ["beside a text that nearly matches", (one) => [findDifference(one, `${one}/`), findDifference("https://a/", one)]],
  ["as something that should be a token", (one) => [readShape(one.slice(0, 65_536)), readWrapping(one)]],
  ["as text to print", (one) => [toPrintable(one), formatFindings([toFinding(one)], 80), trimBoth(one, "\"'/ ")]],
];

function toFinding(one: string) {
  return { code: "a", severity: "error", message: one, fix: one, expected: [one, "x"], actual: one } as const;
}

function examineAudience(audience: string): unknown {
  const surroundings = surround();
  const absent = { config: undefined, issuer: undefined, discoveryUrl: undefined, envFile: undefined, url: undefined };
  const options = { ...absent, audience, origin: undefined, timeout: 1 };
  return audienceCheck.run(
    { ...surroundings, options, recorder: createRecorder(surroundings) },
    { audience, issuers: ["https://a.test/"] },
  );
}

describe.each(readers)("Hundreds of thousands of characters %s", (_how, read) => {
  test.each(named)("made of %s come to an end", (_name, beginning, pump, end) => {
    const one = beginning + pump.repeat(Math.ceil(length / pump.length)) + end;
    expect(() => read(one)).not.toThrow();
  });
});

describe("Words of a command line: valid neighbours", () => {
  test.each<[string, readonly string[]]>([
    ["a b", ["a", "b"]],
    ["  a   'b c'  ", ["a", "b c"]],
    [`a"b"'c'd`, ["abcd"]],
    [`"a\\"b\\$c\\d"`, ['a"b$c\\d']],
    ["'a\\'", ["a\\"]],
    ["'a\\' b", ["a\\", "b"]],
    ["$'it\\'s' x", ["it's", "x"]],
    ["$'a\\\\' b", ["a\\", "b"]],
    ["$'a\\nb'", ["a\\nb"]],
    ["a\\ b c", ["a b", "c"]],
    ["'' \"\"", ["", ""]],
    ["$TOKEN \"$TOKEN\" '$TOKEN'", ["$TOKEN", "$TOKEN", "$TOKEN"]],
    ["a \\\n b", ["a", "b"]],
    ['^"a b^" ^%', ["a b", "%"]],
    ["'a b", ["a b"]],
    ["a\\", ["a"]],
    ["", []],
  ])("%j", (line, words) => {
    expect(splitWords(line).words).toEqual(words);
  });
});

describe("A stack", () => {
  test.each([
    "Error: x\n    at foo (/app/x.js:1:2)",
    "    at async Promise.all (index 0)",
    '{"stack":"Error: x\\n    at foo (/app/x.ts:10:2)"}',
    "at /app/dist/main.cjs:3:4",
    'Traceback (most recent call last):\n  File "a.py"',
    "\tat com.acme.A.b(A.java:12)",
    "<pre>Error at C:\\app\\a.mjs:1:2</pre>",
  ])("is seen in %j", (body) => {
    expect(holdsStack(body)).toBe(true);
  });

  test.each([
    "",
    "{}",
    '{"message":"Look at this"}',
    "at noon: 12:30",
    "see a.js:1:2",
    "that a.js:1:2",
    "  attention: (x)",
    "A.java",
  ])("is not seen in %j", (body) => {
    expect(holdsStack(body)).toBe(false);
  });
});

test("headers named like members of a prototype are headers and nothing else", () => {
  const read = readPasted(
    "GET / HTTP/1.1\nhost: a\n__proto__: b\nconstructor: c\ntoString: d\nauthorization: Bearer t",
  );
  expect(Object.keys((read as { headers: object }).headers)).toEqual([
    ...["host", "__proto__", "constructor", "tostring", "authorization"],
  ]);
});
