// The packed library under the compilers that strangers have, checking its declarations too.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile, compilers, modules, readErrors } from "./support/compile.js";
import { createProject, isLeftOut, type Project, titleOf } from "./support/project.js";

// A compiler takes seconds, and on a busy machine many.
const timeout = 180_000;

describe.skipIf(isLeftOut)(titleOf("with no framework installed"), () => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject("core", { packages: ["@types/node"] });
  });
  afterAll(() => project.remove());

  const node = { ...modules.nodenext, lib: ["es2022"], types: ["node"] };

  describe.each(compilers)("TypeScript %s", (_version, compiler) => {
    test(
      "compiles an application",
      async () => {
        expect(await compile(project, compiler, ["consumer.ts"], node)).toEqual([]);
      },
      timeout,
    );

    test(
      "compiles it for a bundler, where there are only the web's types",
      async () => {
        const web = { ...modules.bundler, lib: ["es2022", "dom", "dom.iterable"], types: [] };
        expect(await compile(project, compiler, ["consumer.ts"], web)).toEqual([]);
      },
      timeout,
    );

    test(
      "refuses each mistake, on its line, with its error",
      async () => {
        const errors = readErrors(await compile(project, compiler, ["mistakes.ts"], node));
        expect(errors).toEqual(readExpected(join(project.folder, "mistakes.ts")));
      },
      timeout,
    );
  });
});

/** A line that must not compile ends with the error that it must give. */
function readExpected(file: string): readonly string[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((line, index) => {
    const [, code] = /\/\/ (TS\d+)$/.exec(line) ?? [];
    return code === undefined ? [] : [`mistakes.ts:${index + 1} ${code}`];
  });
}
