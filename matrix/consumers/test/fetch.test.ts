// The option `fetch` under the types of Node.js, undici and Bun, and undici's own at work. Deno's
// types are in `matrix/runtimes`.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile, compilers, modules } from "./support/compile.js";
import { createProject, isLeftOut, type Project, titleOf } from "./support/project.js";

// A compiler takes seconds, and on a busy machine many.
const timeout = 180_000;
const packages = ["@types/node", "@types/bun", "bun-types", "undici", "undici-types", "oauth4webapi"];

describe.skipIf(isLeftOut)(titleOf("what may be given as fetch"), () => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject("fetch", { packages });
  });
  afterAll(() => project.remove());

  describe.each(compilers)("TypeScript %s", (_version, compiler) => {
    const node = { ...modules.nodenext, lib: ["es2023"], types: ["node"] };
    const web = { ...modules.bundler, lib: ["es2023", "dom", "dom.iterable"], types: [] };
    const bun = { ...modules.bundler, lib: ["esnext"], types: ["bun"], skipLibCheck: true };

    test.each([
      ["Node.js, and of undici", ["wrappers.ts", "undici.ts"], node],
      ["the web", ["wrappers.ts"], web],
      ["Bun", ["wrappers.ts", "undici.ts"], bun],
    ])(
      "compiles with the types of %s",
      async (_name, files, options) => {
        expect(await compile(project, compiler, files, options)).toEqual([]);
      },
      timeout,
    );
  });

  test("undici's own fetch asks for keys and about tokens", async () => {
    const { code, output } = await project.run("undici.mjs");
    expect([output.trim(), code]).toEqual(["auth0|alice true key_unknown", 0]);
  });
});
