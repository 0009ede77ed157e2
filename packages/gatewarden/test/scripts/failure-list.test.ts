// The last lines of `npm test` say what failed.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL(".", import.meta.url));
const reporter = new URL("../../../../scripts/lib/failure-list.mjs", import.meta.url).href;
const program = `
  import { startVitest } from "vitest/node";
  import { FailureList } from ${JSON.stringify(reporter)};
  const reporters = [new FailureList()];
  const options = { config: false, include: ["_planted.ts"], reporters, watch: false, cache: false };
  const vitest = await startVitest("test", [], options);
  await vitest.close();
`;

test("A test run ends with the tests and hooks that failed, and with how many tests a hook cost", async () => {
  const printed = await new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--input-type=module", "--eval", program],
      { cwd: folder, env: { ...process.env, NO_COLOR: "1" } },
      (error, _stdout, stderr) => resolve(`${stderr}exit ${error?.code}`),
    );
  });
  expect(printed).toBe(
    [
      "Failed:",
      "  _planted.ts > A set-up that gives up: Hook timed out in 1ms. (tests that were skipped: 2)",
      "  _planted.ts > A sum > is wrong",
      "",
      "exit 1",
    ].join("\n"),
  );
});
