// What the README says of faults: the catalogue as a table, and commands that work as written.
import { execFile, spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { type FaultParameter, faultCatalogue } from "../../src/index.js";
import { verify } from "../support/client.js";
import { startTenant } from "../support/tenants.js";

const shell = promisify(execFile);

test("the README lists every fault as the catalogue has it", async () => {
  const rows = [...(await readSection()).matchAll(/^\| `.*\|$/gm)].map(([row]) =>
    row.split("|").map((cell) => cell.trim()),
  );
  expect(rows).toEqual(
    Object.entries(faultCatalogue).map(([name, { answer, description, parameters, reason }]) => {
      const own = Object.entries(parameters).filter(([parameter]) => parameter !== "times");
      const words = own.map(([parameter, meaning]) => `\`${parameter}\`: ${meaning}`).join(" ");
      const owed = answer ?? (reason === null ? "–" : `\`${reason}\``);
      return ["", `\`${name}\``, description, words, owed, ""];
    }),
  );
});

test("what takes `times` is what the README says: all but keys and port", () => {
  const without = Object.entries(faultCatalogue).filter(([, { parameters }]) => parameters.times === undefined);
  expect(without.map(([name]) => name)).toEqual(["rotated-keys", "same-kid-new-key", "port-closed"]);
});

const assumed = Object.entries(faultCatalogue).flatMap(([name, { defaults, parameters }]) =>
  Object.entries(defaults).map(([parameter, value]) => ({
    name,
    value,
    words: parameters[parameter as FaultParameter],
  })),
);

test.each(assumed)("$name assumes $value, as the catalogue says", ({ value, words }) => {
  expect(words?.endsWith(`default: ${value}`)).toBe(true);
});

const hasCurl = spawnSync("curl", ["--version"]).status === 0;

// On CI a curl that is missing is a failure: a test that is skipped there proves nothing.
describe.skipIf(!hasCurl && process.env["CI"] !== "true")(`with curl${hasCurl ? "" : " (there is none)"}`, () => {
  test("the README's commands do what they say", async () => {
    const tenant = await startTenant();
    const lines = (await readSection()).matchAll(/^curl .*$/gm);
    const answers = [];
    for (const [line] of lines) {
      const { stdout } = await shell("sh", ["-c", line.replace("http://127.0.0.1:4400", tenant.url)]);
      answers.push(JSON.parse(stdout));
    }
    const expired = { name: "expired", seconds: 3600 };
    expect(answers).toEqual([
      { on: [], faults: expect.any(Array) },
      { on: [expired] },
      { on: [expired, { name: "alg-none" }, { name: "jwks-500", times: 2 }] },
      { on: [{ name: "opaque" }] },
      { on: [] },
      { on: [] },
      expect.objectContaining({ token_type: "Bearer" }),
    ]);
    await expect(verify(tenant, answers[6].access_token)).rejects.toMatchObject({ code: "ERR_JWT_EXPIRED" });
  });
});

async function readSection(): Promise<string> {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  return /^## Faults on demand$(.*?)^## /ms.exec(readme)?.[1] ?? "";
}
