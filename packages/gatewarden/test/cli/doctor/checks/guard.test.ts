// Doctor with the guard of a file: what it says of keys that are missing, old, or late. With a real guard it runs in
// `test/field-reports/n-cli-knows-the-guard.test.ts`; here the module says what its guard would.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { examine, expectFinding } from "../_examine.js";

const issuer = "https://issuer.acme.test/";
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gatewarden-guard-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
/** A module whose guard is in that state. */
function write(keys: string, ready = "async () => {}"): string {
  const name = `guard-${++count}.mjs`;
  const status = `() => ({ issuers: [{ issuer: "${issuer}", keys: ${keys} }] })`;
  const text = `export const guard = { issuers: ["${issuer}"], explain: async () => [], attempt: () => {}, ready: ${ready}, status: ${status} };`;
  writeFileSync(join(folder, name), text);
  return name;
}

const timedOut = 'Object.assign(new Error("GET https://issuer.acme.test/jwks failed"), { code: "ETIMEDOUT" })';
const withPassword = 'new Error("GET https://bob:s3cret@issuer.acme.test/jwks failed")';

it("says that the keys are old, and why they cannot be renewed", async () => {
  const config = write(`{ state: "stale", lastError: ${timedOut} }`);
  const seen = await examine({ args: ["--config", config], cwd: folder });
  const finding = expectFinding(seen, "guard_keys_stale", issuer, "--network-family-autoselection-attempt-timeout");
  expect(finding.message).toContain("no connection came about in time");
  expect(seen.exitCode).toBe(0);
});

it("says that there are none", async () => {
  const config = write(`{ state: "missing", lastError: ${timedOut} }`, "() => Promise.reject(new Error('no keys'))");
  const seen = await examine({ args: ["--config", config], cwd: folder });
  expectFinding(seen, "guard_keys_missing", issuer, "keys.timeout");
  expect(seen.exitCode).toBe(1);
});

it("says that they did not come in time", async () => {
  const config = write('{ state: "missing" }', "() => new Promise(() => {})");
  const seen = await examine({ args: ["--config", config, "--timeout", "0.1"], cwd: folder });
  expectFinding(seen, "guard_keys_late", issuer);
});

it("has no findings about keys that are there", async () => {
  for (const state of ["fresh", "fixed"]) {
    const seen = await examine({ args: ["--config", write(`{ state: "${state}" }`)], cwd: folder });
    expect([seen.exitCode, seen.findings]).toEqual([0, []]);
  }
});

it("says that there is no guard", async () => {
  const seen = await examine({ args: ["--config", "absent.mjs"], cwd: folder });
  expectFinding(seen, "guard_unusable", "absent.mjs", "--config");
  expect(seen.exitCode).toBe(1);
});

it("shows no password of an address", async () => {
  const seen = await examine({
    args: ["--config", write(`{ state: "missing", lastError: ${withPassword} }`)],
    cwd: folder,
  });
  expect(seen.out + seen.error).not.toContain("s3cret");
});

it("takes variables from the file that is named, for the module to read", async () => {
  const config = write('{ state: "fixed" }');
  const text = 'if (process.env.GATEWARDEN_TEST_LOADED !== "yes") throw new Error("not loaded");\n';
  writeFileSync(join(folder, `env-${config}`), `${text}export { guard } from "./${config}";`);
  const readFile = async () => "GATEWARDEN_TEST_LOADED=yes\n";
  const seen = await examine({ args: ["--config", `env-${config}`, "--env-file", "my.env"], cwd: folder, readFile });
  delete process.env["GATEWARDEN_TEST_LOADED"];
  expect(seen.findings).toEqual([]);
});
