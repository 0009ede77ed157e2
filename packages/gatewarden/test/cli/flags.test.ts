// One flag, one row: the parser, its errors, `--help` and the page of the documentation say the same.
import { describe, expect, test } from "vitest";
import * as tenant from "../../../dev/src/cli/flags.js";
import * as gateway from "../../../gateway/src/cli/flags.js";
import * as migration from "../../../migrate/src/flags.js";
import { commands, delegatedCommands, flags } from "../../src/cli/flags.js";
import { exitCodes } from "../../src/cli/terminal/exit-codes.js";
import { toHelp, toUsage } from "../../src/cli/terminal/flag-help.js";
import { type CommandRow, type FlagRow, parseFlags, UsageError } from "../../src/cli/terminal/parse-flags.js";

const allFlags: readonly FlagRow[] = [...flags, ...tenant.flags, ...gateway.flags, ...migration.flags];
const allCommands: readonly CommandRow[] = [
  ...commands,
  ...tenant.commands,
  ...gateway.commands,
  ...migration.commands,
];
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
  const codes = exitCodes.map(([number, meaning]) => `| ${number} | ${meaning}. |`);
  const text = `# The command line

This page answers: what can the command \`gatewarden\` be told, and how does it answer?

\`explain\`, \`doctor\` and \`completion\` belong to the package \`gatewarden\`. \`dev\`, \`token\`,
\`faults\`, \`logout\`, \`signal\`, \`keys\`, \`tenant\`, \`watch\` and \`reset\` come with
\`@gatewarden/dev\`, the local tenant, \`gateway\` with \`@gatewarden/gateway\`, and \`migrate\` with
\`@gatewarden/migrate\`. They stand beside \`gatewarden\`, which each of them needs.

- \`npx gatewarden\` alone shows all commands. \`gatewarden <command> --help\` shows what this page
  says of one. \`gatewarden --version\` prints the version.
- A command, flag or value that does not exist ends the command with code 2, and the nearest name is
  suggested.
- [Explain and doctor](explain-and-doctor.md) shows what these two print. [The gateway](gateway.md)
  and [Moving](migrating.md) have pages of their own.

## Exit codes

They mean the same for all commands.

| code | meaning |
| --- | --- |
${codes.join("\n")}

## Colors, width and symbols

- Findings begin with \`error\`, \`warning\`, \`note\` or \`ok\`. Colors and symbols repeat these words,
  and never replace them.
- There are colors on a terminal, unless \`NO_COLOR\` is set or \`TERM\` is \`dumb\`. \`FORCE_COLOR\` wins
  over \`NO_COLOR\`, as in Node.js, and \`--color\` over both.
- On a terminal, text is wrapped at its width, from 40 to 100 columns. URLs are never broken.
  Elsewhere, a finding stays on its line.
- Symbols are ASCII where the locale (\`LC_ALL\`, \`LC_CTYPE\`, \`LANG\`) is not UTF-8.
- On a terminal, a step that takes a moment is named on standard error, and the line is cleared
  afterwards.
- \`--json\` is for programs. \`--quiet\` prints problems only, and nothing if there are none.
- Text from tokens, files and servers is escaped: it cannot move the cursor or color the screen.

## Completion and manual pages

\`\`\`sh
eval "$(gatewarden completion bash)"       # in ~/.bashrc
source <(gatewarden completion zsh)        # in ~/.zshrc, after compinit
gatewarden completion fish > ~/.config/fish/completions/gatewarden.fish
\`\`\`

The script completes commands, flags, and the values of flags, such as names of faults. Shells
complete \`gatewarden\` where it is on the PATH (\`npm install --global gatewarden\`, or
\`node_modules/.bin\`), not behind \`npx\`. The script has the flags of the packages that are
installed when it is printed: print it again after installing another.

Each package has manual pages. After a global installation, \`man gatewarden\` shows them. In a
project, \`man -l node_modules/gatewarden/dist/man/gatewarden-explain.1\` does.

${allCommands.map(section).join("\n")}`;
  await expect(text).toMatchFileSnapshot("../../../../docs/command-line.md");
});
