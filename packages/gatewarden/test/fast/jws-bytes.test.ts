// Scratch memory against the plain functions that it replaces: the same answers, in whichever order the calls come.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as fast from "../../src/fast/jws-bytes.js";
import { maxTextLength } from "../../src/fast/scratch-buffer.js";
import * as plain from "../../src/token/base64url.js";

type Functions = Pick<typeof plain, "isBase64url" | "isPlainText" | "lendParts" | "readBase64urlText">;
const withScratch = underPlainNames(fast);
let withoutBuffer: Functions;

function underPlainNames(functions: typeof fast): Functions {
  return {
    isBase64url: functions.isBase64urlWithScratch,
    isPlainText: functions.isPlainTextWithScratch,
    lendParts: functions.lendPartsWithScratch,
    readBase64urlText: functions.readBase64urlTextWithScratch,
  };
}

beforeAll(async () => {
  vi.stubGlobal("Buffer", undefined);
  vi.resetModules();
  withoutBuffer = underPlainNames(await import("../../src/fast/jws-bytes.js"));
  vi.unstubAllGlobals();
});
afterAll(() => vi.resetModules());

/** What each of the functions says of a text. Called twice, since the second look is answered from memory. */
function answersOf({ isBase64url, isPlainText, lendParts, readBase64urlText }: Functions, text: string): unknown[] {
  const end = text.lastIndexOf(".");
  const look = () => {
    let lent: unknown[] = [];
    const isLent = lendParts(text, end, (data, signature) => {
      lent = [Buffer.from(data).toString("hex"), Buffer.from(signature).toString("hex")];
      return true;
    });
    // Bytes of a signature that is not base64url are lent by nobody: its form is checked when the token is taken apart.
    const isSigned = end !== -1 && plain.isBase64url(text.slice(end + 1)) && plain.isPlainText(text);
    return [isPlainText(text), isBase64url(text), readBase64urlText(text), isSigned && [isLent, lent]];
  };
  return [look(), look()];
}

const parts = [
  "",
  "A",
  "AA",
  "AAA",
  "AAAA",
  "AB",
  "_w",
  "-_-_",
  "eyJhIjoxfQ",
  "gICA",
  "77-977-9",
  "+w",
  "/w",
  "AA=",
  " AA",
  "ÀA",
];
const odd = ["\u0000", "\u00c4", "\ud800", "\u{1f600}", "+", "/", " ", "=", "."];
const long = [maxTextLength - 1, maxTextLength, maxTextLength + 1, maxTextLength + 9].map((length) =>
  "A".repeat(length),
);
const texts = [
  ...parts,
  ...parts.flatMap((one) => parts.map((other) => `${one}.${other}`)),
  ...odd.flatMap((one) => [one, `AAAA${one}`, `${one}AAAA`, `AAAA.AAAA${one}`, `AA${one}AA.AAAA`]),
  ...long,
  ...long.map((text) => `${text}.AAAA`),
];

describe("Scratch memory answers as the plain functions do", () => {
  it.each([
    ["with Buffer", () => withScratch],
    ["without Buffer", () => withoutBuffer],
  ])("for hostile texts, %s", (_name, functions) => {
    for (const text of texts) expect(answersOf(functions(), text), text.slice(0, 40)).toEqual(answersOf(plain, text));
  });

  it("for generated texts in any order", () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(..."AQgwaz09-_.+/= Ä"), maxLength: 40 }),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString("base64url")),
      fc
        .tuple(fc.uint8Array(), fc.uint8Array())
        .map((two) => two.map((one) => Buffer.from(one).toString("base64url")).join(".")),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (some) => {
        for (const one of [...some, ...some.toReversed()])
          expect(answersOf(withScratch, one)).toEqual(answersOf(plain, one));
      }),
      { numRuns: 2000, seed: 42 },
    );
  });

  it("lends bytes of one text that another text does not change while they are borrowed", () => {
    withScratch.lendParts("AAAA.AAAA", 4, (data, signature) => {
      expect(withScratch.readBase64urlText("QkJCQg")).toBe("BBBB");
      expect([...data]).toEqual([65, 65, 65, 65]);
      return signature.length === 3;
    });
  });
});
