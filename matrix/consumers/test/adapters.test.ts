// The packed library beside its frameworks, under each compiler: what their users write compiles, and no declaration of ours is wrong.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile, compilers, modules, readErrors } from "./support/compile.js";
import { allPackages, createProject, isLeftOut, type Project, titleOf } from "./support/project.js";

// A compiler takes seconds, and on a busy machine many.
const timeout = 300_000;

const decorators = { experimentalDecorators: true, emitDecoratorMetadata: true };
const options = { lib: ["es2023", "dom", "dom.iterable", "esnext.disposable"], types: ["node"], ...decorators };

const together = [...["express.ts", "fastify.ts", "fetch.ts", "hono.ts", "koa.ts", "nest.ts", "node.ts", "others.ts"]];

describe.skipIf(isLeftOut)(titleOf("beside the frameworks"), () => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject("adapters", { packages: allPackages() });
  });
  afterAll(() => project.remove());

  const errorsOf = async (compiler: string, files: readonly string[]) =>
    readErrors(await compile(project, compiler, files, { ...modules.nodenext, ...options })).filter(isOurs);

  test.each(compilers)(
    "TypeScript %s compiles an application per framework, and all declarations of the library that they use",
    async (_version, compiler) => {
      expect(await errorsOf(compiler, together)).toEqual([]);
    },
    timeout,
  );

  test.each(["connect-beside.ts", "connect-beside-mcp.ts"])(
    "%s: another library may declare request.auth",
    async (file) => {
      expect(await errorsOf("typescript", [file])).toEqual([]);
      // Why there is `gatewarden/connect`: two declarations of one property cannot both hold.
      expect(await errorsOf("typescript", [file, "express.ts"])).not.toEqual([]);
    },
    timeout,
  );
});

/** What a framework's own declarations say to a compiler is not the library's to mend. Linked, they are outside of the project. */
function isOurs(error: string): boolean {
  return !error.startsWith("..") && !/node_modules\/(?!gatewarden\/)/.test(error);
}
