// The option `fetch` under Deno's own types and compiler. Those of Node.js, undici and Bun are in
// `matrix/consumers`.
import { execFile } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProject, type Project } from "../../consumers/test/support/project.js";
import { isLeftOut, runtimes, titleOf } from "./support/runtimes.js";

const run = promisify(execFile);
const deno = runtimes.filter(({ name }) => name === "Deno");

describe.each(deno)("$name", (runtime) => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject("fetch");
  });
  afterAll(() => project.remove());

  test.skipIf(isLeftOut(runtime))(`${titleOf(runtime)} compiles what may be given as fetch`, async () => {
    const options = ["check", "--no-config", "--no-lock", "--node-modules-dir=manual", "--quiet"];
    const env = { ...process.env, DENO_DIR: join(project.folder, ".deno"), DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
    const answer = run(runtime.binary, [...options, "deno.ts"], { env, cwd: project.folder });
    const outcome = await answer.catch((error) => error);
    expect([outcome.stderr, outcome.code]).toEqual(["", undefined]);
  });
});
