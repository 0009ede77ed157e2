// Manual pages: one per command, in each package, read by the programs that show them.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findProgram, toSkip } from "../../../../../scripts/lib/programs.mjs";
import { makeManual } from "../../../../../scripts/write-manual.mjs";
import { commandTable as creation } from "../../../../create-gatewarden/src/flags.js";
import * as tenant from "../../../../dev/src/cli/flags.js";
import * as gateway from "../../../../gateway/src/cli/flags.js";
import * as migration from "../../../../migrate/src/flags.js";
import * as own from "../../../src/cli/flags.js";
import type { CommandTable } from "../../../src/cli/terminal/completion/completion.js";
import { exitCodes } from "../../../src/cli/terminal/exit-codes.js";
import { toUsage } from "../../../src/cli/terminal/flag-help.js";
import { toManPages } from "../../../src/cli/terminal/man-page.js";

const packages = fileURLToPath(new URL("../../../../", import.meta.url));

const tables: readonly (readonly [name: string, table: CommandTable])[] = [
  ["gatewarden", own],
  ["dev", tenant],
  ["gateway", gateway],
  ["migrate", migration],
  ["create-gatewarden", creation],
];

describe.each(tables)("The manual of %s", (name, { commands, flags }) => {
  let pages: Awaited<ReturnType<typeof makeManual>>;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gatewarden-man-"));
    pages = await makeManual(join(packages, name));
    for (const { file, text } of pages) writeFileSync(join(folder, file), text);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("is what package.json names", () => {
    const { man } = JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")) as { man: string[] };
    expect([...man].sort()).toEqual(pages.map(({ file }) => `./dist/man/${file}`).sort());
  });

  test("has each command and each flag of the table, with its example and the exit codes", () => {
    for (const command of commands) {
      const text = pages.find(({ file }) => file === `gatewarden-${command.name.replaceAll(" ", "-")}.1`)?.text ?? "";
      const plain = text.replaceAll("\\-", "-").replaceAll("\\&", "");
      for (const flag of flags.filter((one) => one.commands.includes(command.name))) {
        expect(plain).toContain(`\n.B ${toUsage(flag)}\n`);
        expect(plain).toContain(`\nExample:\n.B ${flag.example}\n`);
      }
      for (const [code] of exitCodes) expect(plain).toContain(`.TP\n.B ${code}\n`);
    }
  });

  const groff = toSkip(["groff"]);
  test.skipIf(groff.isSkipped)(`has nothing that groff warns of${groff.note}`, () => {
    for (const { file } of pages) {
      const { stderr, stdout } = spawnSync(findProgram("groff") ?? "", ["-man", "-Tutf8", "-ww", join(folder, file)], {
        encoding: "utf8",
      });
      expect(stderr).toBe("");
      expect(stdout).toContain("It is done, and nothing is wrong");
    }
  });

  const mandoc = toSkip(["mandoc"]);
  test.skipIf(mandoc.isSkipped)(`has nothing that mandoc warns of, besides the missing date${mandoc.note}`, () => {
    for (const { file } of pages) {
      const args = ["-T", "lint", "-W", "warning", join(folder, file)];
      const { stdout } = spawnSync(findProgram("mandoc") ?? "", args, { encoding: "utf8" });
      expect(stdout.split("\n").filter((line) => line !== "" && !line.includes("missing date"))).toEqual([]);
    }
  });
});

test("A page keeps what a reader of manuals would act on as text", () => {
  const [page] = toManPages(
    {
      commands: [{ name: "x", doc: ".SH A \\fBb\\fP 'c' --d …", notes: ["'quoted", ".dotted"] }],
      flags: [],
    },
    "1.0.0",
  );
  expect(page?.file).toBe("gatewarden-x.1");
  expect(page?.text).toContain("\\&.SH A \\efBb\\efP 'c' \\-\\-d \\[u2026].");
  expect(page?.text).toContain("\\&'quoted\n");
  expect(page?.text).toContain("\\&.dotted\n");
});

const man = toSkip(["groff", "man"]);
test.skipIf(man.isSkipped)(`man shows a page${man.note}`, async () => {
  const folder = mkdtempSync(join(tmpdir(), "gatewarden-man-"));
  const pages = await makeManual(join(packages, "gatewarden"));
  const page = pages.find(({ file }) => file === "gatewarden-explain.1");
  writeFileSync(join(folder, "gatewarden-explain.1"), page?.text ?? "");
  const env = { ...process.env, MANPAGER: "cat", MANWIDTH: "80", LC_ALL: "C.UTF-8" };
  const text = execFileSync(findProgram("man") ?? "", ["-l", join(folder, "gatewarden-explain.1")], {
    env,
    encoding: "utf8",
  });
  rmSync(folder, { recursive: true, force: true });
  expect(text).toMatch(/Colors: auto, always or never\./);
});
