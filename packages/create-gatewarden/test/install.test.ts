// One project as its first user gets it: an empty folder, real npm, tarballs in place of releases.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { npm, packAll, type Run, run, startScript, type Tarballs } from "./support/workshop.js";

const patience = 300_000;
const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];

let folder: string;
let tarballs: Tarballs;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gatewarden-install-"));
  tarballs = await packAll(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whether the registry cannot be reached. In continuous integration that fails. */
const isOffline = ({ code, output }: Run) =>
  code !== 0 && process.env["CI"] !== "true" && /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED/.test(output);

test("the packed command creates an API that installs, compiles, passes its tests and starts", {
  timeout: patience,
}, async (context) => {
  const tool = join(folder, "tool");
  mkdirSync(tool);
  writeFileSync(join(tool, "package.json"), "{}");
  const installed = await run(tool, ...npm("install", ...quiet, tarballs["create-gatewarden"], tarballs.gatewarden));
  if (isOffline(installed)) return context.skip("the registry cannot be reached");
  expect(installed.code, installed.output).toBe(0);

  const flags = ["--provider", "auth0", "--domain", "acme.eu.auth0.com", "--audience", "https://api.acme.com"];
  const command = ["exec", "--no", "--prefix", tool, "--", "create-gatewarden"];
  const created = await run(folder, ...npm(...command, "my-api", "--yes", "--tests", "node-test", ...flags));
  expect(created.code, created.output).toBe(0);

  const project = join(folder, "my-api");
  const manifest = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  manifest.dependencies.gatewarden = `file:${tarballs.gatewarden}`;
  manifest.devDependencies["@gatewarden/dev"] = `file:${tarballs.dev}`;
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  const dependencies = await run(project, ...npm("install", ...quiet));
  expect(dependencies.code, dependencies.output).toBe(0);

  const tested = await run(project, ...npm("test"));
  expect(tested.output).toMatch(/# pass 7/);
  const program = startScript(project, "dev", { PORT: "0" });
  try {
    const [, curl = ""] = await program.find(/^ +(curl -i .+)$/m);
    const answered = await run(project, "sh", ["-c", curl.replaceAll("npx ", "npx --no ")]);
    expect(answered.output).toMatch(/^HTTP\/1\.1 200 OK[\s\S]+"user":"auth0\|alice"/m);
    const refused = await run(project, "sh", ["-c", curl.replace(/ -H .*/, "")]);
    expect(refused.output).toMatch(/^HTTP\/1\.1 401 Unauthorized[\s\S]+www-authenticate: Bearer /m);
  } finally {
    await program.stop();
  }
});
