// Where a member is within the characters of a token.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutToken, locateMember } from "../../console/src/locate.js";
import { readDocumentation } from "../../src/documentation.js";

const encode = (text: string) => Buffer.from(text).toString("base64url");

/** The bytes of all characters that hold a part of the range. */
function cut(part: string, name: string): string | undefined {
  const range = locateMember(part, name);
  if (range === undefined) return undefined;
  const from = Math.floor(range.from / 4) * 4;
  const to = Math.ceil(range.to / 4) * 4;
  return Buffer.from(part.slice(from, to), "base64url").toString();
}

describe("locateMember", () => {
  test("finds each member of any object, with at most two more bytes on each side", () => {
    const keys = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue({ maxDepth: 2 }), { noNullPrototype: true });
    fc.assert(
      fc.property(keys, (claims) => {
        for (const [name, value] of Object.entries(claims)) {
          const text = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
          const found = cut(encode(JSON.stringify(claims)), name) ?? "";
          expect(found).toContain(text);
          expect(Buffer.byteLength(found) - Buffer.byteLength(text)).toBeLessThanOrEqual(6);
        }
      }),
    );
  });

  test.each([
    ["a member of another object", '{"act":{"sub":"a"},"iss":"b"}', "sub"],
    ["a value of that name", '{"iss":"aud"}', "aud"],
    ["text that is not JSON", "not json", "aud"],
    ["an empty object", "{}", "aud"],
  ])("finds nothing in %s", (_name, text, member) => {
    expect(locateMember(encode(text), member)).toBeUndefined();
  });

  test("finds nothing in what is not base64url, and a member with spaces around it", () => {
    expect(locateMember("%%%", "aud")).toBeUndefined();
    expect(cut(encode('{ "aud" : [ "a" , "b" ] , "x": 1 }'), "aud")).toContain('"aud" : [ "a" , "b" ]');
  });
});

test("finds a name that is not ASCII, or that is written with escapes", () => {
  expect(cut(encode('{"größe":1,"aud":2}'), "größe")).toContain('"größe":1');
  expect(cut(encode('{"iss":1,"\\u0061ud":2}'), "aud")).toContain('"\\u0061ud":2');
});

describe("cutToken", () => {
  const payload = encode('{"typ":"Refresh","sub":"ada"}');
  const token = `${encode('{"alg":"RS256","typ":"JWT"}')}.${payload}.c2ln`;
  const marked = (part: "header" | "payload" | "signature", name?: string, isMissing = false) => {
    const pieces = cutToken(token, [{ part, name, isMissing }]);
    expect(pieces.map((one) => one.map(({ text }) => text).join("")).join(".")).toBe(token);
    return pieces.map((one) => one.filter(({ isMarked }) => isMarked).map(({ text }) => text));
  };

  test("marks a member in the part that it is in, and not its namesake", () => {
    expect(marked("payload", "typ")).toEqual([[], [expect.stringMatching(/^\S{20,22}$/)], []]);
    expect(marked("header", "typ")).toEqual([[expect.stringMatching(/^\S{15,17}$/)], [], []]);
  });

  test("marks the closing brace for a member that is missing, and the signature as a whole", () => {
    const [, [brace = ""] = []] = marked("payload", "exp", true);
    expect(payload.endsWith(brace)).toBe(true);
    expect([1, 2]).toContain(brace.length);
    expect(marked("signature")).toEqual([[], [], ["c2ln"]]);
    expect(marked("payload")).toEqual([[], [], []]);
  });
});

describe("The address of the documentation", () => {
  test.each([
    ["http://127.0.0.1:5173/docs", "http://127.0.0.1:5173/docs/"],
    ["https://docs.example/", "https://docs.example/"],
    ["javascript:alert(1)//", null],
    ["https://user:secret@docs.example/", null],
    ["https://docs.example/?a=b", null],
    ["docs.example", null],
    ["", null],
  ])("of %j is %j", (given, expected) => {
    expect(readDocumentation({ GATEWARDEN_DOCS: given })).toBe(expected);
  });
});
