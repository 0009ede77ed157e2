// The look at the length against the rules that it replaces: where it says yes, the text is its value's own shortest spelling.
import fc from "fast-check";
import { expect, test } from "vitest";
import { isShortest } from "../../src/fast/json-length.js";
import { readJsonObject } from "../../src/token/json.js";

/** Some of the ways spoil the text. */
function parse(text: string): object | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const sorted = (text: string) => [...text].sort().join("");

/** JSON in ways that a value can be written, and some that name a member twice. */
const text = fc
  .tuple(
    fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 }),
    fc.nat(5),
    fc.nat(40),
  )
  .map(([value, way, place]) => {
    const plain = JSON.stringify(value);
    switch (way) {
      case 0:
        return JSON.stringify(value, undefined, 1);
      case 1:
        return plain.replace("{", `{"a":${place},"a":1,`).replace(",}", "}");
      case 2:
        return plain.replace(/[a-z]/, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);
      case 3:
        return plain.replace(/\d+/, "1e3");
      case 4:
        return plain.replace("{", `{"iat":${1_800_000_000 + place},"n":${place * 100},`).replace(",}", "}");
      default:
        return plain;
    }
  });

test("says yes only of the shortest spelling, which names each member once", () => {
  let yes = 0;
  fc.assert(
    fc.property(text, (one) => {
      const value = parse(one);
      if (value === undefined) return;
      if (!isShortest(one, value)) return;
      yes++;
      expect(sorted(JSON.stringify(value))).toBe(sorted(one));
      expect(readJsonObject(one)).toEqual(value);
    }),
    { numRuns: 20_000, seed: 7 },
  );
  expect(yes).toBeGreaterThan(500);
});

test("says yes of claims as issuers write them, and no of what lost a member", () => {
  const claims = '{"iss":"https://a.test/","aud":["x","y"],"exp":1800000123,"n":0,"ok":true,"none":null,"o":{}}';
  expect(isShortest(claims, JSON.parse(claims))).toBe(true);
  for (const lost of ['{"a":1,"a":1}', '{"a":"bb","a":"b"}', '{"a":[1,2],"a":[]}', '{"a": 1}', '{"\\u0061":1}']) {
    expect(isShortest(lost, JSON.parse(lost)), lost).toBe(false);
  }
});
