// The packed library beside Nest 11, which runs global guards for less than Nest 12 does.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProject, locate, type Project } from "../../consumers/test/support/project.js";

const here = locate("matrix/nest-11");

describe.skipIf(here.isLeftOut)(here.titleOf("beside Nest 11"), () => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject("gateway", { from: here, packages: here.allPackages() });
  });
  afterAll(() => project.remove());

  test("gateways and connected microservices are checked, each call once", async () => {
    const { code, output } = await project.run("main.mjs");
    const lines = ["event", "message"].flatMap((way) => [
      `${way} open none 0`,
      `${way} member credentials_missing 1`,
      `${way} member user|1 1`,
      `${way} admin permission_missing 1`,
      `${way} admin user|1 1`,
    ]);
    expect([output.trim().split("\n"), code]).toEqual([lines, 0]);
  });
});
