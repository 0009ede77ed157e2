// The packed library as programs of Node.js load it: ES modules, CommonJS, the command.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allPackages, createProject, isLeftOut, type Project, subPathsOf, titleOf } from "./support/project.js";

const works = ["200 user|1", "403 true", "true token_opaque", "all sub-paths load"].join("\n");

describe("without anything beside it", () => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject("runtime", { isInstalled: true });
  });
  afterAll(() => project.remove());

  test.each(["esm.mjs", "commonjs.cjs"])("%s: what needs no framework loads and works", async (file) => {
    const { code, output } = await project.run(file, "gatewarden/advice", "gatewarden/node");
    expect([output.trim(), code]).toEqual([works, 0]);
  });

  test("npx gatewarden --help answers", async () => {
    const { code, output } = await project.npx("gatewarden", "--help");
    expect([output, code]).toEqual([expect.stringMatching(/^ *explain +Everything that is wrong with a token/m), 0]);
  });
});

describe.skipIf(isLeftOut)(titleOf("beside the frameworks"), () => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject("runtime", { packages: allPackages() });
  });
  afterAll(() => project.remove());

  test.each(["esm.mjs", "commonjs.cjs"])("%s: every sub-path loads", async (file) => {
    const { code, output } = await project.run(file, ...subPathsOf(project));
    expect([output.trim(), code]).toEqual([works, 0]);
  });

  test("Nest on Fastify is protected as on Express", async () => {
    const { code, output } = await project.run("nest-fastify.mjs");
    const lines = [
      "200 undefined anybody",
      '401 Bearer realm="api" credentials_missing',
      '403 Bearer realm="api", error="insufficient_scope", scope="read:admin" permission_missing',
      "200 undefined user|1",
    ];
    expect([output.trim().split("\n"), code]).toEqual([lines, 0]);
  });
});
