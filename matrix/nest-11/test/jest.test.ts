// An application on Nest 11, which is CommonJS, tested with Jest and ts-jest. The library is ES modules.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProject, locate, type Project } from "../../consumers/test/support/project.js";

const here = locate("matrix/nest-11");

describe.skipIf(here.isLeftOut)(here.titleOf("Jest in CommonJS on Nest 11"), { timeout: 180_000 }, () => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject("jest", { from: here, packages: here.allPackages() });
  });
  afterAll(() => project?.remove());

  test("ts-jest compiles the tests, and the library with them", async () => {
    const { code, output } = await project.run("node_modules/jest/bin/jest.js", "--json");
    expect(code, output).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ numPassedTests: 2, numTotalTests: 2 });
  });
});
