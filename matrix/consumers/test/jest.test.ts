// The packed library in tests that run on Jest, which has a module loader of its own.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allPackages, createProject, isLeftOut, type Project, titleOf } from "./support/project.js";

describe.skipIf(isLeftOut).each<[string, string, readonly string[]]>([
  ["CommonJS, with the library transformed", "jest-commonjs", []],
  ["ES modules", "jest-esm", ["--experimental-vm-modules"]],
])(titleOf("Jest in %s"), (_name, template, flags) => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject(template, { packages: allPackages() });
  });
  afterAll(() => project.remove());

  test("verifies tokens and protects an application", async () => {
    const [first = "", ...others] = [...flags, "node_modules/jest/bin/jest.js", "--ci", "--json"];
    const { code, output } = await project.run(first, ...others);
    expect(JSON.parse(output)).toMatchObject({ numPassedTests: 3, numTotalTests: 3 });
    expect(code).toBe(0);
  });
});
