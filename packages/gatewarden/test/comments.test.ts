// How comments are written: wrapped at 100 columns, in words that are read once (CONTRIBUTING.md).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const sources = ["../src", "../../gateway/src", "../../create-gatewarden/src"].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)),
);

const columns = 100;

/** Words that a reader stumbles over, each with what to write instead. */
const unused: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bwhoever\b/i, "name who it is"],
  [/\bmend\b/i, "fix, correct, satisfy"],
  [/\blets? nobody in\b/i, "refuses every request"],
  [/\bnobody\b/i, "no client, no caller"],
  [/\bis no text\b/i, "must be a string"],
  [/\bis no function\b/i, "must be a function"],
];

interface Comment {
  /** Of its first line, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
}

/** A comment on lines of its own, or behind code that ends in `;`, `,`, `{` or `}`. */
const lineComment = /^\s*\/\/|[;,{}]\s+\/\/\s/;

/** The comments of a file: adjacent lines are one, so that a phrase is found across a line's end. */
function readComments(text: string): readonly Comment[] {
  const comments: { line: number; lines: string[] }[] = [];
  let isBlock = false;
  let isOpen = false;
  for (const [index, line] of text.split("\n").entries()) {
    const isBegin: boolean = !isBlock && /^\s*\/\*/.test(line);
    isBlock ||= isBegin;
    if (!isBlock && !lineComment.test(line)) {
      isOpen = false;
      continue;
    }
    const last = isOpen && !isBegin ? comments.at(-1) : undefined;
    if (last) last.lines.push(line);
    else comments.push({ line: index + 1, lines: [line] });
    if (isBlock) isBlock = !line.includes("*/");
    isOpen = isBlock || !line.includes("*/");
  }
  return comments;
}

/** Lines that are too wide. A table, and a word such as a URL, cannot be broken. */
function findWide({ line, lines }: Comment): readonly string[] {
  return lines.flatMap((text, index) => {
    const bare = text.replace(/^\s*(?:\/\/|\/?\*+)\s*|\s*\*\/$/g, "");
    const isWide = text.length > columns && bare.includes(" ") && !bare.startsWith("|");
    return isWide ? [`${line + index}: ${text.length} columns`] : [];
  });
}

function findUnused({ line, lines }: Comment): readonly string[] {
  const text = lines.map((one) => one.replace(/^\s*(?:\/\/|\/?\*+\/?)\s*/, "")).join(" ");
  return unused.flatMap(([pattern, instead]) => {
    const found = pattern.exec(text)?.[0];
    return found === undefined ? [] : [`${line}: "${found}" (${instead})`];
  });
}

function findAll(find: (comment: Comment) => readonly string[]): readonly string[] {
  return sources
    .flatMap((source) => readdirSync(source, { recursive: true, encoding: "utf8" }).map((file) => join(source, file)))
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => {
      const comments = readComments(readFileSync(file, "utf8"));
      return comments.flatMap(find).map((fault) => `${file}:${fault}`);
    });
}

describe("comments", () => {
  test("are at most 100 columns wide", () => {
    expect(findAll(findWide)).toEqual([]);
  });

  test("hold no word that has to be read twice", () => {
    expect(findAll(findUnused)).toEqual([]);
  });
});

describe("the reader of comments", () => {
  const wide = "wide ".repeat(20).trimEnd();

  test.each([
    ["on its own line", `// ${wide}`, 1],
    ["behind code", `const port = 1; // ${wide}`, 1],
    ["on the second line of a block", `/**\n * ${wide}\n */`, 2],
  ])("finds a wide comment %s", (_where, text, line) => {
    const faults = readComments(text).flatMap(findWide);
    expect(faults).toEqual([expect.stringMatching(`^${line}: `)]);
  });

  test.each([
    ["code", `const text = "${wide}";`],
    ["a URL", `// https://example.com/${"path/".repeat(20)}`],
    ["a row of a table", `// | ${wide} |`],
    ["a line of exactly 100 columns", `// ${"a ".repeat(48)}b`],
  ])("leaves %s alone", (_what, text) => {
    expect(readComments(text).flatMap(findWide)).toEqual([]);
  });

  test.each([
    ["in one line", `// Lets ${"nobody"} in.`, ["1: ", "1: "]],
    ["across lines", "/**\n * A key that is no\n * text.\n */", ["1: "]],
    ["at the end of a line", `const a = 1;\n// What a login can ${"mend"}\n// is fixed.`, ["2: "]],
  ])("finds a word %s", (_where, text, places) => {
    const faults = readComments(text).flatMap(findUnused);
    expect(faults).toEqual(places.map((place) => expect.stringMatching(`^${place}`)));
  });

  test("leaves words alone that only contain one of these, and code", () => {
    const text = `// Recommended: amend it.\nthrow new Error("${"is no"} text");`;
    expect(readComments(text).flatMap(findUnused)).toEqual([]);
  });
});
