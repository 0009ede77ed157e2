// How routers that ignore case read a segment: the short way for plain ASCII gives what the long one
// gives.
import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePath } from "../../src/path/parse-target.js";
import { foldSegment, toReadings } from "../../src/path/readings.js";

const foldSlowly = (segment: string) => segment.normalize("NFKC").toUpperCase().toLowerCase();

test("every character of ASCII and of Latin-1 folds as Unicode says", () => {
  for (let code = 0; code < 0x250; code++) {
    const character = String.fromCharCode(code);
    expect(foldSegment(`a${character}b`)).toBe(foldSlowly(`a${character}b`));
  }
});

test("texts fold as Unicode says", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (segment) => foldSegment(segment) === foldSlowly(segment)));
});

test.each([
  ["/orders/42", 1],
  ["/orders/", 2],
  ["/orders/a.", 3],
  ["/orders/%40me", 2],
])("%s has %i readings beside the exact one", (text, count) => {
  expect(toReadings(parsePath(text))).toHaveLength(count);
});
