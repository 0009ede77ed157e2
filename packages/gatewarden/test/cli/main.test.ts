// `gatewarden` alone, and what becomes of a command that does not exist.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { commands, delegatedCommands } from "../../src/cli/flags.js";
import { main } from "../../src/cli/main.js";
import { toWidth } from "../../src/cli/terminal/text-width.js";

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}, columns?: number) {
  const written = { out: "", error: "" };
  const out = (text: string) => {
    written.out += text;
  };
  const error = (text: string) => {
    written.error += text;
  };
  const code = await main(args, { env, out, error, input: async () => "", columns: { out: columns } });
  return { code, ...written };
}

describe("The overview", () => {
  test.each([[[]], [["--help"]], [["-h"]], [["help"]], [["--color", "never"]]])(
    "is what %j asks for: exit code 0",
    async (args) => {
      const { code, out, error } = await run(args);
      expect([code, error]).toEqual([0, ""]);
      expect(out).toContain("Start here\n");
    },
  );

  test("names every command, and fits a terminal of 80 columns and 24 lines with its prompt", async () => {
    const { out } = await run([], { TERM: "dumb" }, 80);
    const lines = out.trimEnd().split("\n");
    for (const { name } of [...commands, ...delegatedCommands])
      expect(out).toMatch(new RegExp(`^  (?:\\w+ )*${name} (?:\\w+ )* *\\S`, "m"));
    expect(lines.length).toBeLessThanOrEqual(23);
    expect(Math.max(...lines.map(toWidth))).toBeLessThanOrEqual(80);
  });

  test("fits 40 columns too, but for what must be copied whole", async () => {
    const { out } = await run([], { TERM: "dumb" }, 40);
    const long = out.split("\n").filter((line) => toWidth(line) > 40 && !/npx|Read on|--help|^gatewarden:/.test(line));
    expect(long).toEqual([]);
  });

  test("says where to read on: at the documentation that is configured", async () => {
    expect((await run([])).out).toContain("Read on: https://github.com/gatewarden/");
    const env = { GATEWARDEN_DOCS: "https://docs.example.test" };
    expect((await run([], env)).out).toContain("Read on: https://docs.example.test/\n");
  });
});

describe("A command", () => {
  test.each([
    [["explian"], 'There is no command "explian"; did you mean "explain"?'],
    [["docter"], 'did you mean "doctor"?'],
    [["zzzzzz"], 'There is no command "zzzzzz". There are: explain, '],
    [["\u001b[2J\u202e"], "\\u001b[2J\\u202e"],
    [["explain", "x", "--color", "allways"], '--color cannot be allways; did you mean "always"?'],
    [["doctor", "--color", "red"], "--color cannot be red. There are: auto, always, never."],
  ])("that is misspelt, as in %j, ends with 2 and the nearest name", async (args, message) => {
    const { code, out, error } = await run(args);
    expect([code, out]).toEqual([2, ""]);
    expect(error).toContain(message);
    expect(error).toMatch(/^error: /);
  });

  test.each([
    [["--json"], "A command stands before its flags: gatewarden <command> [flags]"],
    [["-q", "doctor"], "A command stands before its flags"],
    [
      ["eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln"],
      'A command stands before a token. For example: gatewarden explain "$TOKEN"',
    ],
    [["x".repeat(5000)], `There is no command "${"x".repeat(40)}". There are: explain, `],
  ])("that is missing, as in %j, is asked for, and what stands in its place is not repeated", async (args, message) => {
    const { code, out, error } = await run(args);
    expect([code, out]).toEqual([2, ""]);
    expect(error).toContain(`error: ${message}`);
    expect(error).not.toContain("eyJ");
  });

  test("has its help by either way", async () => {
    expect(await run(["help", "doctor"])).toEqual(await run(["doctor", "--help"]));
  });
});

test.each(["--version", "-V"])("%s is the version of the package", async (flag) => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(await run([flag])).toEqual({ code: 0, out: `gatewarden ${version}\n`, error: "" });
});

describe("--quiet", () => {
  test("prints no more than problems", async () => {
    const env = { ISSUER_BASE_URL: "https://your-tenant.auth0.com/" };
    const { code, out } = await run(["doctor", "-q"], env);
    expect(code).toBe(1);
    expect(out).toMatch(/^error variable_placeholder: /);
    expect(out).not.toMatch(/note |skipped|\u2713|^\+ ok/m);
  });
});
