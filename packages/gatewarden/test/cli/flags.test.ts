// One flag, one row: the parser, its errors, `--help` and the page of the documentation say the same.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as tenant from "../../../dev/src/cli/flags.js";
import { toHelp, toUsage } from "../../src/cli/flag-help.js";
import { commands, delegatedCommands, flags } from "../../src/cli/flags.js";
import { type CommandRow, type FlagRow, parseFlags, UsageError } from "../../src/cli/parse-flags.js";

const allFlags: readonly FlagRow[] = [...flags, ...tenant.flags];
const allCommands: readonly CommandRow[] = [...commands, ...tenant.commands];
const parse = (command: "explain" | "doctor", ...args: string[]) => parseFlags({ flags, commands, command, args });
const flagsOf = (command: string) => allFlags.filter((row) => row.commands.includes(command));
const cases = allCommands.flatMap((row) => flagsOf(row.name).map((flag) => ({ command: row, flag })));

describe("The table of flags", () => {
  test.each(cases)("$command.name --$flag.name: the example is understood, and help shows it", ({ command, flag }) => {
    const args = flag.example.split(/ (?=[^-])/).map((word) => word.replace(/^"|"$/g, ""));
    const operands = Array.from({ length: command.operand?.least ?? 0 }, () => "x");
    const { values } = parseFlags({
      flags: allFlags.filter((row) => row.commands.includes(command.name)),
      commands: allCommands,
      command: command.name,
      args: [...args.slice(0, 1), ...(args.length > 1 ? [args.slice(1).join(" ")] : []), ...operands],
    });
    expect((values as Record<string, unknown>)[flag.name]).toBeTruthy();
    expect(toHelp(command, allFlags)).toContain(toUsage(flag));
  });

  test("has one row per flag of a command", () => {
    for (const { name } of allCommands) {
      const names = flagsOf(name).map((flag) => flag.name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test("lists the commands that the local tenant brings", () => {
    expect(delegatedCommands.map(({ name }) => name)).toEqual([
      ...tenant.commands.map(({ name }) => name),
      "migrate",
      "gateway",
      "init",
    ]);
  });

  test.each(["parse-flags", "nearest-name", "flag-help"])(
    "packages/dev reads its table with the same %s.ts",
    (name) => {
      const read = (path: string) => readFileSync(new URL(`${path}/${name}.ts`, import.meta.url), "utf8");
      expect(read("../../../dev/src/cli")).toBe(read("../../src/cli"));
    },
  );
});

describe("A flag that is wrong", () => {
  test.each([
    ["explain", ["--permision", "a", "x"], "There is no flag --permision; did you mean --permission?"],
    ["explain", ["--perm", "a", "x"], "did you mean --permission?"],
    ["doctor", ["--envFile", ".env"], "did you mean --env-file?"],
    ["doctor", ["--zzzzzz"], "There is no flag --zzzzzz.\nSee: gatewarden doctor --help"],
    ["explain", ["--url", "x", "y"], "There is no flag --url of gatewarden explain: it belongs to gatewarden doctor."],
    ["doctor", ["--issuer"], "--issuer needs a value. For example: --issuer https://acme.eu.auth0.com/"],
    [
      "doctor",
      ["--issuer", "--json"],
      "--issuer needs a value; one that begins with a dash is written --issuer=<value>",
    ],
    ["doctor", ["--json=yes"], "--json takes no value."],
    ["doctor", ["more"], 'The argument "more" is one too many.'],
    ["explain", ["a", "b"], 'The argument "b" is one too many.'],
    ["explain", [], "gatewarden explain needs <token | request | ->."],
  ] as const)("%s %j", (command, args, says) => {
    expect(() => parse(command, ...args)).toThrow(UsageError);
    expect(() => parse(command, ...args)).toThrow(says);
  });

  test("shows no argument that may be a token or a secret", () => {
    const token = "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln";
    for (const args of [
      ["x", token],
      [`--${token}`, "x"],
      ["x", "p4ss word"],
    ]) {
      try {
        parse("explain", ...args);
        expect.unreachable();
      } catch (error) {
        expect((error as Error).message).toContain("…");
        expect((error as Error).message).not.toMatch(/eyJ|p4ss/);
      }
    }
  });
});

describe("A flag that is right", () => {
  test("may begin with a dash where it is written so, and may be repeated where the table says so", () => {
    expect(parse("explain", "--audience=-a", "x").values.audience).toBe("-a");
    expect(parse("explain", "--scope", "a", "--scope", "b", "x").values.scope).toEqual(["a", "b"]);
    expect(parse("explain", "x").values).toMatchObject({ scope: undefined, json: false });
    expect(parse("explain", "-").operands).toEqual(["-"]);
    expect(parse("explain", "--", "--x").operands).toEqual(["--x"]);
  });

  test("counts alone where it asks for help", () => {
    for (const args of [["-h"], ["--nonsense", "--help"], ["a", "b", "c", "--help"]])
      expect(parse("doctor", ...args).values.help).toBe(true);
  });
});

test("is what docs/command-line.md shows", async () => {
  const code = (text: string) => `\`${text}\``;
  const line = (flag: FlagRow) => {
    const { kind, fallback = "", environment = [], doc, example } = flag;
    const repeats = kind === "list" ? " May be repeated." : "";
    const names = environment.map(code).join(", ");
    return `| ${code(toUsage(flag))} | ${doc.replaceAll("|", "\\|")}.${repeats} | ${fallback} | ${names} | ${code(example)} |`;
  };
  const section = ({ name, operand, doc }: CommandRow) => `## gatewarden ${name}

${doc.replace(/^(.{1,96}) /, "$1\n")}.

\`\`\`
npx gatewarden ${[name, operand?.name].filter(Boolean).join(" ")}
\`\`\`

| flag | what it does | default | environment | example |
| --- | --- | --- | --- | --- |
${flagsOf(name).map(line).join("\n")}
`;
  const text = `# The command line

This page answers: what can the command \`gatewarden\` be told?

\`explain\` and \`doctor\` belong to the package \`gatewarden\`. The others on this page come with
\`@gatewarden/dev\`, the local tenant. \`gatewarden <command> --help\` shows the same. A flag that does
not exist ends the command with code 2, and the nearest name is named.
[Explain and doctor](explain-and-doctor.md) shows what these two print. \`gatewarden gateway\` is on
[the page of the gateway](gateway.md), \`gatewarden migrate\` on [Moving](migrating.md).

${allCommands.map(section).join("\n")}`;
  await expect(text).toMatchFileSnapshot("../../../../docs/command-line.md");
});
