// The scripts that shells load: run by the shells themselves.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { findProgram, toSkip } from "../../../../../scripts/lib/programs.mjs";
import { commandTable as creation } from "../../../../create-gatewarden/src/flags.js";
import * as tenant from "../../../../dev/src/cli/flags.js";
import * as gateway from "../../../../gateway/src/cli/flags.js";
import * as migration from "../../../../migrate/src/flags.js";
import { commands, flags } from "../../../src/cli/flags.js";
import { main } from "../../../src/cli/main.js";
import { type Shell, toCompletion } from "../../../src/cli/terminal/completion/completion.js";

const tables = [{ commands, flags }, tenant, gateway, migration];

/** The script in a folder of its own, in which there are two files. */
function prepare(shell: Shell): string {
  const folder = mkdtempSync(join(tmpdir(), "gatewarden-completion-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "script"), toCompletion(shell, tables));
  for (const name of ["rules.yaml", "with space.yaml"]) writeFileSync(join(folder, name), "");
  return folder;
}

function runShell(shell: Shell, script: string): readonly string[] {
  const folder = prepare(shell);
  const args =
    shell === "zsh" ? ["-f", "-c", script] : shell === "fish" ? ["--no-config", "-c", script] : ["-c", script];
  const env = { PATH: process.env["PATH"], HOME: folder };
  const text = execFileSync(findProgram(shell) ?? shell, args, { cwd: folder, env, encoding: "utf8" });
  return text.split("\n").filter((line) => line !== "");
}

/** What is offered for the last of the words. */
const complete: Readonly<Record<Shell, (words: readonly string[]) => readonly string[]>> = {
  bash: (words) => {
    const all = ["gatewarden", ...words].map((word) => `'${word}'`).join(" ");
    const show = `_gatewarden; printf "%s\\n" "\${COMPREPLY[@]}"`;
    return runShell("bash", `source ./script; COMP_WORDS=(${all}); COMP_CWORD=${words.length}; ${show}`);
  },
  zsh: (words) => {
    // The functions that draw the menu, replaced by ones that print what they were given.
    const last = words.at(-1) ?? "";
    const stubs = `compdef() {}
compadd() { shift; print -rl -- "$@" }
_describe() { local -a all; all=("\${(@P)3}"); print -rl -- "\${(@)all%%:*}" }
_files() { print -rl -- * }
_message() {}`;
    const all = ["gatewarden", ...words].map((word) => `'${word}'`).join(" ");
    const offered = runShell(
      "zsh",
      `${stubs}\nsource ./script\nwords=(${all}); CURRENT=${words.length + 1}; PREFIX='${last}'; _gatewarden`,
    );
    return offered.filter((one) => one.startsWith(last));
  },
  fish: (words) => {
    const line = ["gatewarden", ...words].join(" ");
    return runShell("fish", `source ./script; complete -C '${line}'`).map((one) => one.split("\t")[0] ?? "");
  },
};

describe.each(["bash", "zsh", "fish"] as const)("In %s", (shell) => {
  const { isSkipped, note } = toSkip([shell]);
  const offer = complete[shell];

  test.skipIf(isSkipped).each([
    [["ex"], ["explain"]],
    [["do"], ["doctor"]],
    [["gateway", "sn"], ["snippet"]],
    [["gateway", "snippet", "ng"], ["nginx"]],
    [["faults", "jwks-5"], ["jwks-500"]],
    [["signal", "account-d"], ["account-disabled"]],
    [["explain", "--color", "al"], ["always"]],
    [["explain", "--aud"], ["--audience"]],
    [["doctor", "--json", "--env"], ["--env-file"]],
    [["signal", "x", "--change", "rev"], ["revoke"]],
    [["dev", "--fault", "expi"], ["expired"]],
    [["completion", "fi"], ["fish"]],
    [["keys", "--algorithm", "ES"], ["ES256"]],
    [["tenant", "per"], ["persona"]],
    [["reset", "faults", "ke"], ["keys"]],
    [["watch", "--kind", "dec"], ["decision"]],
    [["watch", "--json", "--outcome", "ref"], ["refused"]],
    [["watch", "--reason", "permission_m"], ["permission_missing"]],
    [["explain", "--url"], []],
  ])(`%j is completed to %j${note}`, (words, expected) => {
    expect(offer(words)).toEqual(expected);
  });

  test.skipIf(isSkipped)(`a flag that takes a file is completed to files${note}`, () => {
    for (const words of [
      ["gateway", "--rules", ""],
      ["gateway", "check", ""],
    ])
      expect(offer(words)).toEqual(
        expect.arrayContaining(["rules.yaml", expect.stringMatching(/^with\\? space.yaml$/)]),
      );
  });

  test.skipIf(isSkipped)(`all flags of the local tenant's commands are offered${note}`, () => {
    for (const { name } of tenant.commands) {
      const own = tenant.flags.filter((flag) => (flag.commands as readonly string[]).includes(name));
      expect(
        offer([name, "--"])
          .map((one) => one.trim())
          .sort(),
      ).toEqual(own.map((flag) => `--${flag.name}`).sort());
    }
  });

  test.skipIf(isSkipped)(`all commands are offered${note}`, () => {
    expect([...offer([""])].filter((one) => !one.startsWith("-")).sort()).toEqual(
      tables
        .flatMap((table) => table.commands.map(({ name }) => name))
        .filter((name) => !name.includes(" "))
        .sort(),
    );
  });
});

async function run(...args: readonly string[]) {
  const written = { out: "", error: "" };
  const out = (text: string) => {
    written.out += text;
  };
  const error = (text: string) => {
    written.error += text;
  };
  return { code: await main(args, { env: {}, out, error, input: async () => "" }), ...written };
}

describe("gatewarden completion", () => {
  test("prints the script, with the flags of the packages that are installed", async () => {
    const { code, out } = await run("completion", "bash");
    const known = [...tables, creation, { commands: [], flags: [] }];
    expect([code, out]).toEqual([0, toCompletion("bash", known)]);
  });

  test.each([
    [["completion"], "gatewarden completion needs <bash | zsh | fish>."],
    [["completion", "fsih"], 'There is no completion for "fsih"; did you mean "fish"?'],
    [["completion", "zsh", "bash"], 'The argument "bash" is one too many.'],
  ])("%j ends with 2", async (args, message) => {
    const { code, out, error } = await run(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(error).toContain(`error: ${message}`);
  });
});
