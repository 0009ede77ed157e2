// Names that tell the truth (CONTRIBUTING.md, "The field's words"): each verb's promise, held over every function of both packages.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourceFile } from "typescript/unstable/ast";
import { createVirtualFileSystem } from "typescript/unstable/fs";
import { API, type Project } from "typescript/unstable/sync";
import { describe, expect, test } from "vitest";
import { findFalseNames, findSharedNames } from "./support/verbs.js";

const library = fileURLToPath(new URL("../", import.meta.url));
const tenant = fileURLToPath(new URL("../../dev/", import.meta.url));
const gateway = fileURLToPath(new URL("../../gateway/", import.meta.url));
const generator = fileURLToPath(new URL("../../create-gatewarden/", import.meta.url));

/** A compiler is started for each: long enough for a machine that does ten other things. */
const patience = 120_000;

/** Public names that are older than the rule: another one would break those who call them. */
const publicNames = /^src\/adapters\/mcp\.ts:\d+ readAuth /;

/** How a check came: on the road with the time at which it began, in an explanation as text. */
// A bundle takes the last two from `explain.ts` or from `left-out.ts`, which stands in for it.
const sharedNames = ["Came", "toExplanation", "explainPresented"];

/**
 * What an entry file exports is named for its own users: every adapter has a `protect`, and a
 * drop-in has the names of the package that it replaces.
 */
const entryNames = /^src\/(adapters\/[^_]|compat\/|auth\.ts|requirements\/need\.ts)/;

function analyse<Found>(
  root: string,
  look: (project: Project, files: SourceFile[]) => Found,
  files?: Record<string, string>,
) {
  const api = new API({ cwd: root, ...(files && { fs: createVirtualFileSystem(files) }) });
  try {
    const [project] = api.updateSnapshot({ openProjects: [join(root, "tsconfig.build.json")] }).getProjects();
    const sources = project?.rootFiles
      .map((name) => project.program.getSourceFile(name))
      .filter((one) => one !== undefined);
    if (!project || !sources?.length) throw new Error(`no source files at ${root}`);
    return look(project, sources);
  } finally {
    api.close();
  }
}

/** Small files with functions whose names are false in one way each. */
const planted: readonly (readonly [what: string, text: string, problem: string])[] = [
  ["a reader that throws", "function readPort() { throw 1; }", "readPort throws: throw"],
  ["a private reader that throws", "class A { #readPort() { throw 1; } }", "#readPort throws: throw"],
  ["a reader in a table that throws", "const a = { readPort: () => { throw 1; } };", "readPort throws: throw"],
  [
    "a reader that requires",
    "declare function requirePort(): 1; const readPort = () => requirePort();",
    "readPort throws: requirePort",
  ],
  [
    "a reader that parses by a method",
    "declare const a: { parsePort(): 1 }; function readPort() { return a.parsePort(); }",
    "readPort throws: parsePort",
  ],
  [
    "a reader that throws what it caught",
    "function readPort() { try { } catch (e) { throw e; } }",
    "readPort throws: throw",
  ],
  [
    "a reader whose try catches nothing",
    "function readPort() { try { throw 1; } finally { } }",
    "readPort throws: throw",
  ],
  ["a check that throws", "function checkPort() { if (1) throw 1; }", "checkPort throws: throw"],
  [
    "a check that throws in a loop",
    "declare function each(f: () => void): void; function checkAll() { each(() => { throw 1; }); }",
    "checkAll throws: throw",
  ],
  [
    "a check that throws by another name",
    "function fail() { throw 1; } function checkPort() { fail(); }",
    "checkPort throws: fail > throw",
  ],
  ["a requirement that refuses nothing", "function requirePort() { return 1; }", "requirePort throws nothing"],
  ["a refusal that is returned", "function refusePort() { return 1; }", "refusePort throws nothing"],
  ["a question with another answer", "function isPort() { return 1; }", "isPort is not boolean"],
  ["a declared question with another answer", "interface A { hasPort(): string }", "hasPort is not boolean"],
];

/** Their nearest neighbours, whose names are true. */
const sound: readonly (readonly [what: string, text: string])[] = [
  [
    "a reader that catches",
    "declare function parsePort(): 1; function readPort() { try { return parsePort(); } catch { return; } }",
  ],
  ["a reader that calls itself", "function readPort(): 1 { return readPort(); }"],
  ["a reader that calls what the language names", 'const readPort = () => parseInt("1", 10);'],
  ["a reader that hands out what throws", "function readPort() { return () => { throw 1; }; }"],
  ["a reader that hands out a member that throws", "function readPort() { return { parse: () => { throw 1; } }; }"],
  ["a check that returns its refusal", "function checkPort() { return 1; }"],
  [
    "a check that hands on what is not its own",
    "function checkPort() { try { } catch (e) { if (1) return e; throw e; } }",
  ],
  [
    "a refusal that is thrown later",
    "declare const a: { then(f: () => void): void }; function refusePort() { return a.then(() => { throw 1; }); }",
  ],
  ["a requirement that throws", "function requirePort() { throw 1; }"],
  ["a requirement that requires", "declare function requireAll(): 1; function requirePort() { return requireAll(); }"],
  ["a predicate", "function isPort(value: unknown): value is 1 { return value === 1; }"],
  ["a parser that throws", "function parsePort() { throw 1; }"],
  ["words that begin like a verb", "function readyToThrow() { throw 1; } function issue() { return 1; }"],
  ["a verb alone", "const a = { check() { throw 1; }, read() { throw 1; } };"],
];

/** What is found in each of the texts. */
function analyseTexts(texts: readonly string[]): string[][] {
  const root = "/planted";
  const names = texts.map((_text, index) => `${index}.ts`);
  const config = { compilerOptions: { strict: true, noLib: true, types: [] }, files: names };
  const files = Object.fromEntries(texts.map((text, index) => [`${root}/${index}.ts`, `${text}\nexport {};`]));
  const virtual = { ...files, [`${root}/tsconfig.build.json`]: JSON.stringify(config) };
  const found = analyse(root, (project, sources) => findFalseNames(project, sources, root), virtual);
  return names.map((name) =>
    found.filter((one) => one.startsWith(`${name}:1 `)).map((one) => one.slice(`${name}:1 `.length)),
  );
}

describe("Verbs are true in", () => {
  test.each([
    ["the library", library],
    ["the local tenant", tenant],
    ["the gateway", gateway],
    ["the generator of projects", generator],
  ])(
    "%s",
    (_what, root) => {
      const found = analyse(root, (project, files) => findFalseNames(project, files, root));
      expect(found.filter((one) => !publicNames.test(one))).toEqual([]);
    },
    patience,
  );
});

describe("A name has one meaning in", () => {
  test(
    "the library, where one file exports it",
    () => {
      const found = analyse(library, (_project, files) => findSharedNames(files, library));
      const shared = [...found].filter(([, places]) => places.some((place) => !entryNames.test(place)));
      expect(shared.filter(([name]) => !sharedNames.includes(name))).toEqual([]);
    },
    patience,
  );
});

describe("The analyser", () => {
  test("finds each planted name that is false, and no name that is true", { timeout: patience }, () => {
    const found = analyseTexts([...planted, ...sound].map(([, text]) => text));
    const whats = [...planted, ...sound].map(([what]) => what);
    const expected = [...planted.map(([, , problem]) => [problem]), ...sound.map(() => [])];
    const pair = (lists: readonly (readonly string[])[]) => whats.map((what, index) => [what, lists[index]]);
    expect(pair(found)).toEqual(pair(expected));
  });
});
