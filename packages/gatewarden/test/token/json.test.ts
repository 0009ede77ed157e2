// JSON that is UTF-8, an object, and names each member once: the rule that compares counts, held against a plain parser.
import { describe, expect, test } from "vitest";
import { isObject, member, readJsonObject } from "../../src/token/json.js";

const read = readJsonObject;

describe("A JSON object", () => {
  test.each([
    "{}",
    ' {\t"a" \r\n: 1 } ',
    '{"a:b":":","c":["d:","e"],"f":{"g":[{"h":"i"}]}}',
    '{"\\"":1,"\\\\":2,"\\\\\\"":3,"":4}',
    '{"a":"\\\\","b":"\\\\\\"","c":"\\\\\\\\"}',
    '{"__proto__":{"a":1},"constructor":{"prototype":{}}}',
    '{"1":1,"0":0,"a":[[],[[]],{}]}',
  ])("is read as it stands: %s", (text) => {
    expect(JSON.stringify(read(text))).toBe(JSON.stringify(JSON.parse(text)));
  });

  test.each([
    '{"a":1,"a":1}',
    '{"a":1, "\\u0061":1}',
    '{"é":1,"\\u00e9":1}',
    '{"a":{"b":1,"b":1}}',
    '{"a":[{"b":1,"b":1}]}',
    '{"a":1,"b":{"a":1},"b":2}',
    '{"a\\"":1,"a\\u0022":2}',
    '{"\\\\":1,"\\u005c":2}',
    '{"":1,"":2}',
  ])("is refused when a member is named twice: %s", (text) => {
    expect(JSON.parse(text)).toBeTypeOf("object");
    expect(read(text)).toBeUndefined();
  });
});

describe("A member", () => {
  test.each(["toString", "__proto__", "constructor", "hasOwnProperty"])("named %s is not inherited", (name) => {
    expect(member({}, name)).toBeUndefined();
    const own = read(`{"${name}":1}`);
    expect(own && member(own, name)).toBe(1);
  });

  test("called __proto__ does not change the object's prototype", () => {
    const object = read('{"__proto__":{"admin":true}}');
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
  });

  test.each([[null], [[]], ["x"], [1], [undefined]])("belongs to objects only, and %j is none", (value) => {
    expect(isObject(value)).toBe(false);
  });
});
