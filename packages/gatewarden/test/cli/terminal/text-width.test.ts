// Columns, and lines that are wrapped at them.
import { describe, expect, test } from "vitest";
import { fitWidth, toWidth } from "../../../src/cli/terminal/text-width.js";
import { wrap } from "../../../src/cli/terminal/wrap.js";

describe("The width of a text", () => {
  test.each([
    ["", 0],
    ["https://api.acme.com", 20],
    ["Größe", 5],
    ["e\u0301", 1],
    ["東京", 4],
    ["ｱｲｳ", 3],
    ["ＡＢ", 4],
    ["한국", 4],
    ["😀", 2],
    ["a\u0323\u0307b", 2],
    ["→…", 2],
  ])("%j has %i columns", (text, columns) => {
    expect(toWidth(text)).toBe(columns);
  });

  test.each([
    ["abcdef", 4, "abc…"],
    ["abcd", 4, "abcd"],
    ["東京都", 4, "東…"],
    ["e\u0301e\u0301e\u0301", 2, "e\u0301…"],
    ["", 4, ""],
  ])("%j in %i columns is %j", (text, columns, shown) => {
    expect(fitWidth(text, columns, "…")).toBe(shown);
  });
});

describe("Wrapped text", () => {
  const address = `https://api.acme.com/${"a".repeat(60)}`;

  test("breaks between words, never in a URL", () => {
    expect(wrap(`See ${address} for more words`, { width: 40, indent: "  " })).toBe(
      `See\n  ${address}\n  for more words`,
    );
  });

  test("counts columns, not characters", () => {
    expect(wrap("東京 東京 東京", { width: 10 })).toBe("東京 東京\n東京");
  });

  test("counts what stands before it", () => {
    expect(wrap("aaa bbb", { width: 8, indent: "  ", taken: 5 })).toBe("aaa\n  bbb");
  });

  test("is one line where no terminal shows it", () => {
    const text = "word ".repeat(500).trim();
    expect(wrap(text, { width: Number.POSITIVE_INFINITY })).toBe(text);
  });
});
