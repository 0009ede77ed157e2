// The console in a real browser: every screen, its main actions, and its accessibility. One browser
// and one tenant serve all of it, so the tests are in one file; each file beside it has a theme.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testActions } from "./_actions.js";
import { testCodes } from "./_codes.js";
import { testFirstScreen } from "./_first-screen.js";
import { testLooks } from "./_looks.js";
import { axeTotals, buildConsole, built, executablePath, isMissing, openStage, type Stage } from "./_stage.js";

// On CI a browser that is missing is a failure: a test that is skipped there proves nothing.
const isSkipped = isMissing && process.env["CI"] !== "true";
const title = `The console in Chromium${isMissing ? ` (there is none at ${executablePath}; set CHROMIUM_PATH)` : ""}`;

beforeAll(buildConsole);

test("weighs at most 120 KB compressed, with everything that it may load", async () => {
  const files = (await readdir(built, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => gzipSync(await readFile(join(file.parentPath, file.name))).length),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(
    `console: ${total} bytes compressed, in ${files.map(({ name }, at) => `${name} ${sizes[at]}`).join(", ")}`,
  );
  expect(files.map(({ name }) => name)).toContain("index.html");
  expect(total).toBeLessThan(120 * 1024);
});

describe.skipIf(isSkipped)(title, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => {
    const { rulesPassed, runs, violations } = axeTotals;
    console.log(`console: axe ran ${runs} times: ${violations} violations; ${rulesPassed} times a rule passed`);
    await stage?.close();
  });

  describe("The first screen", () => testFirstScreen(() => stage));
  describe("The other screens", () => testActions(() => stage));
  describe("Codes", () => testCodes(() => stage));
  describe("All screens", () => testLooks(() => stage));
});
