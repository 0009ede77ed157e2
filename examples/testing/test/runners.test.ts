// The recipes for other test runners, each run by its own runner.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));
const chromium = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const jest = join(folder, "jest/node_modules/jest/bin/jest.js");
const jestNest = join(folder, "jest-nest/node_modules/jest/bin/jest.js");
const tsc = toProgram("typescript", "bin/tsc");
const playwright = toProgram("@playwright/test", "cli.js");

function toProgram(name: string, path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), path);
}

/** On CI, what is missing is a failure: a test that is skipped there proves nothing. */
function needs(file: string, hint: string): { readonly isSkipped: boolean; readonly note: string } {
  const isMissing = !existsSync(file);
  return { isSkipped: isMissing && process.env["CI"] !== "true", note: isMissing ? ` (${hint})` : "" };
}

/** Runs a program of Node.js in a folder of the recipes. Rejects with all that it wrote unless it ends well. */
async function run(where: string, ...args: readonly string[]): Promise<string> {
  // Of Vitest's own environment nothing is handed on: other runners look at some of it.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV$)/.test(name)));
  const child = spawn(process.execPath, args, { cwd: join(folder, where), env: { ...env, NO_COLOR: "1" } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`node ${args.join(" ")} ended with ${code}:\n${output}`);
  return output;
}

describe("node:test", { timeout: 120_000 }, () => {
  test("runs its recipe", async () => {
    await run(".", tsc, "-p", "node-test");
    const output = await run(".", "--test", "--test-reporter=tap", "dist/node-test/orders.test.js");
    expect(output).toMatch(/^# pass 3$/m);
  });
});

const ofJest = needs(jest, "it is not installed: npm ci --prefix examples/testing/jest");

describe.skipIf(ofJest.isSkipped)(`Jest${ofJest.note}`, { timeout: 120_000 }, () => {
  test("compiles its recipe", async () => {
    await run(".", tsc, "-p", "jest");
  });

  test("runs its recipe", async () => {
    expect(await run("jest", "--experimental-vm-modules", jest)).toMatch(/^Tests: +3 passed, 3 total$/m);
  });
});

const ofTsJest = needs(jestNest, "it is not installed: npm ci --prefix examples/testing/jest-nest");

describe.skipIf(ofTsJest.isSkipped)(`Jest with ts-jest${ofTsJest.note}`, { timeout: 120_000 }, () => {
  test("compiles the recipe for Nest", async () => {
    await run("jest-nest", join(folder, "jest-nest/node_modules/typescript/bin/tsc"), "--noEmit", "-p", ".");
  });

  test("runs the recipe for Nest", async () => {
    const output = await run("jest-nest", "--experimental-vm-modules", jestNest);
    expect(output).toMatch(/^Tests: +3 passed, 3 total$/m);
  });
});

const ofBrowser = needs(chromium, `there is no Chromium at ${chromium}; set CHROMIUM_PATH`);

describe.skipIf(ofBrowser.isSkipped)(`Playwright${ofBrowser.note}`, { timeout: 120_000 }, () => {
  test("runs its recipe in Chromium", async () => {
    expect(await run(".", playwright, "test", "-c", "playwright", "--reporter=line")).toMatch(/^ {2}3 passed/m);
  });
});
