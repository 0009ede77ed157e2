// Errors are data: codes, reasons, statuses. What branches on the words of a message breaks when somebody improves them.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const source = new URL("../../src/", import.meta.url);
const rooms = ["explain", "cli"];
const files = rooms.flatMap((room) =>
  readdirSync(new URL(room, source), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${room}/${name}`),
);

/** Members and variables that hold our own words. */
const words = "(?:message|problem|what|fix|cause|detail|description|stack)";
const comparisons = [
  new RegExp(`\\b${words}\\)?\\??\\.(?:startsWith|endsWith|includes|match|matchAll|search|indexOf)\\(`),
  new RegExp(`\\.(?:test|exec)\\((?:\\w+\\??\\.)*${words}\\b`),
  // Whether there are any words at all may be asked.
  /\b(?:message|problem|fix|cause|detail)\s*[!=]==\s*["'`](?!["'`])/,
];

const findMatches = (text: string) => text.split("\n").filter((line) => comparisons.some((one) => one.test(line)));

test.each(files)("%s compares no text of ours", (name) => {
  expect(findMatches(readFileSync(new URL(name, source), "utf8"))).toEqual([]);
});

test.each([
  'if (error.message.includes("is private")) {',
  "if (/^the host/.test(near.what)) {",
  'if (message === "it failed") {',
  'const found = problem?.startsWith("a");',
])("would find %j", (line) => {
  expect(findMatches(line)).toEqual([line]);
});

test.each(['if (error.message !== "") {', 'if (error.code === "private") {', 'url.includes("?")'])(
  "has nothing against %j",
  (line) => {
    expect(findMatches(line)).toEqual([]);
  },
);
