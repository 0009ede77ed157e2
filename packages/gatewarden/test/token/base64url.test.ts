// One spelling per value, with either of the two decoders: Node's Buffer, and what every other runtime has.
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { isPlainText, readBase64, readBase64url, toBase64url } from "../../src/token/base64url.js";

type Decode = typeof readBase64url;
let withoutBuffer: Decode;

beforeAll(async () => {
  vi.stubGlobal("Buffer", undefined);
  vi.resetModules();
  ({ readBase64url: withoutBuffer } = await import("../../src/token/base64url.js"));
  vi.unstubAllGlobals();
});

afterAll(() => vi.resetModules());

const decoders: [string, () => Decode][] = [
  ["Buffer", () => readBase64url],
  ["atob", () => withoutBuffer],
];

describe.each(decoders)("base64url with %s", (_name, decoder) => {
  test("is not the other decoder under another name", () => {
    expect(withoutBuffer).not.toBe(readBase64url);
  });

  test.each([
    ["", []],
    ["AA", [0]],
    ["_w", [255]],
    ["AAA", [0, 0]],
    ["-_-_", [251, 255, 191]],
    ["AQIDBA", [1, 2, 3, 4]],
  ])("reads %j", (text, bytes) => {
    expect([...(decoder()(text) ?? ["nothing"])]).toEqual(bytes);
  });

  test.each([
    ...["A", "AAAAA", "AB", "AAB", "_x", "AA=", "AA==", "AAA=", "+w", "/w", "A A", " AA", "AA ", "AA\n", "A\r\nA"],
    ...["AA\u0000", "AA~", "AA?", "AA.", "ÀA", "ＡＡ", "AŁ", "AA\u200b", "%41A", "AA\u00a0"],
  ])("refuses %j", (text) => {
    expect(decoder()(text)).toBeUndefined();
  });

  test("reads what was written, for every length", () => {
    const lengths = Array.from({ length: 70 }, (_, length) => length);
    const spelt = lengths.map((length) => Buffer.alloc(length, 0xa7).toString("base64url"));
    expect(spelt.map((text) => decoder()(text)?.length)).toEqual(lengths);
  });
});

describe("Text that no decoder takes for other text", () => {
  const longest = 65_536;
  test.each([["AA"], ["-_.~"], ["a".repeat(longest)], ["a".repeat(longest + 9)]])("is plain: %#", (text) => {
    expect([isPlainText(text), isPlainText(text), isPlainText(text)]).toEqual([true, true, true]);
  });

  test.each(["+", "/", "\u0080", "À", "Ł", "Ａ", "\ud800", "\u{1f600}"])(
    "is not where there is %j anywhere in it",
    (odd) => {
      const [long, longer] = [longest - odd.length, longest].map((length) => "a".repeat(length)) as [string, string];
      const texts = [odd, `a${odd}`, `${odd}a`, long + odd, odd + long, longer + odd, odd + longer];
      expect(texts.filter((text) => isPlainText(text))).toEqual([]);
    },
  );
});

describe("Bytes as base64url", () => {
  test.each([[[]], [[0]], [[255, 254]], [[251, 255, 191]], [[1, 2, 3, 4]]])("%j are read as they were", (bytes) => {
    // A view into more bytes, as digests of Node.js are.
    const view = Uint8Array.from([9, ...bytes, 9]).subarray(1, bytes.length + 1);
    vi.stubGlobal("Buffer", undefined);
    const portable = toBase64url(view);
    vi.unstubAllGlobals();
    expect([toBase64url(view), portable]).toEqual(Array(2).fill(Buffer.from(bytes).toString("base64url")));
  });
});

describe("Standard base64", () => {
  test.each([
    ["", []],
    ["AA==", [0]],
    ["//4=", [255, 254]],
    ["+/+/", [251, 255, 191]],
  ])("%j is read", (text, bytes) => expect([...(readBase64(text) ?? [])]).toEqual(bytes));

  test.each(["AA", "AA=", "AB==", "AAA", "AAA==", "A===", "====", "-_-_", "AA ==", "AA==\n", "A", "AA==AA=="])(
    "%j is not its one spelling",
    (text) => expect(readBase64(text)).toBeUndefined(),
  );
});
