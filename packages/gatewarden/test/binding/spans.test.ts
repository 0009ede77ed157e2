// Spans of seconds: what was added is always known, and what lies far from it is not.
import { describe, expect, test } from "vitest";
import { createSpans } from "../../src/binding/spans.js";

function spansOf(...seconds: number[]) {
  const spans = createSpans();
  for (const second of seconds) spans.add(second);
  return spans;
}

describe("Spans of seconds", () => {
  test("know what was added, and nothing before or after it", () => {
    const spans = spansOf(1000, 1001, 1005);
    expect([999, 1000, 1003, 1005, 1006].map(spans.has)).toEqual([false, true, true, true, false]);
  });
  test("stay apart where more than a minute is between them, in whatever order they come", () => {
    const spans = spansOf(90_000, 1000, 90_100, 1050, 90_050);
    expect([1000, 1025, 1050, 1051, 89_999, 90_000, 90_075, 90_100].map(spans.has)).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
      true,
      true,
    ]);
  });
  test("grow less exact at the early end, and forget nothing, when there are many", () => {
    const seconds = Array.from({ length: 1000 }, (_, index) => 1000 * index);
    const spans = spansOf(...seconds);
    expect(seconds.every(spans.has)).toBe(true);
    expect([500, 998_500, 990_500, 999_001].map(spans.has)).toEqual([true, false, false, false]);
  });
});
