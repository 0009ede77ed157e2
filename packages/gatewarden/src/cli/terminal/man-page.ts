// Manual pages from the tables of flags, in the macros of man(7).
import type { CommandTable } from "./completion/completion.js";
import { exitCodes } from "./exit-codes.js";
import { toUsage } from "./flag-help.js";
import type { CommandRow, FlagRow } from "./parse-flags.js";

/** A file of a manual. */
export interface ManPage {
  /** Such as `gatewarden-explain.1`. */
  readonly file: string;
  readonly text: string;
}

/** What a package has pages of. With `delegatedCommands`, also `gatewarden.1`, which lists all. */
export interface ManualTable extends CommandTable {
  readonly delegatedCommands?: readonly CommandRow[];
}

/** One page per command. */
export function toManPages({ commands, flags, delegatedCommands }: ManualTable, version: string): readonly ManPage[] {
  const pages = commands.map((row) => {
    const own = flags.filter((flag) => flag.commands.includes(row.name));
    return { file: `${toTitle(row.name)}.1`, text: toPage(row, own, version) };
  });
  return delegatedCommands === undefined ? pages : [toMainPage([...commands, ...delegatedCommands], version), ...pages];
}

function toMainPage(commands: readonly CommandRow[], version: string): ManPage {
  const text = [
    toHeading("gatewarden", version, "protect backend APIs with OAuth 2.0 access tokens"),
    section("SYNOPSIS", [`.B gatewarden\n.I command\n[flags]`]),
    section(
      "COMMANDS",
      commands.map((row) => entry(row.name, row.operand?.name ?? "", `${row.doc}.`)),
    ),
    section("EXIT STATUS", toExitEntries()),
    section("SEE ALSO", [toReferences(commands.map(({ name }) => toTitle(name)))]),
  ];
  return { file: "gatewarden.1", text: `${text.join("\n")}\n` };
}

function toPage(row: CommandRow, flags: readonly FlagRow[], version: string): string {
  const { name, operand, doc, notes = [] } = row;
  const environment = flags.flatMap((flag) => (flag.environment ?? []).map((variable) => ({ variable, flag })));
  const parts = [
    toHeading(toTitle(name), version, row.brief ?? doc),
    section("SYNOPSIS", [
      `.B ${escapeText(`gatewarden ${name}`)}${operand === undefined ? "" : `\n${line(operand.name)}`}\n[flags]`,
    ]),
    section("DESCRIPTION", [paragraph(`${doc}.`), ...notes.map((note) => `.PP\n${paragraph(note)}`)]),
    section("OPTIONS", flags.map(toOption)),
    section("EXIT STATUS", toExitEntries()),
    ...(environment.length === 0
      ? []
      : [
          section(
            "ENVIRONMENT",
            environment.map(({ variable, flag }) => entry(variable, "", `Read where --${flag.name} is not given.`)),
          ),
        ]),
    section("SEE ALSO", [toReferences(["gatewarden"])]),
  ];
  return `${parts.join("\n")}\n`;
}

function toOption(flag: FlagRow): string {
  const { kind, fallback, doc, example } = flag;
  const facts = [
    `${doc}.`,
    ...(kind === "list" ? ["May be repeated."] : []),
    ...(fallback === undefined ? [] : [`Default: ${fallback}.`]),
  ];
  return `${entry(toUsage(flag), "", facts.join(" "))}\n.br\nExample:\n.B ${escapeText(example)}`;
}

function toExitEntries(): readonly string[] {
  return exitCodes.map(([code, meaning]) => entry(`${code}`, "", `${meaning}.`));
}

function toTitle(command: string): string {
  return `gatewarden-${command.replaceAll(" ", "-")}`;
}

function toHeading(title: string, version: string, brief: string): string {
  // Without hyphens of its own, and without a date, so that the same sources make the same page.
  return `.TH ${escapeText(title.toUpperCase())} 1 "" "gatewarden ${escapeText(version)}" "Gatewarden"\n.nh\n.ad l\n${section(
    "NAME",
    [`${escapeText(title)} \\- ${escapeText(brief)}`],
  )}`;
}

function section(title: string, entries: readonly string[]): string {
  return [`.SH ${title}`, ...entries].join("\n");
}

function entry(term: string, operand: string, text: string): string {
  return `.TP\n.B ${escapeText([term, operand].filter(Boolean).join(" "))}\n${paragraph(text)}`;
}

function toReferences(titles: readonly string[]): string {
  return titles
    .map((title, index) => `.BR ${escapeText(title)} (1)${index === titles.length - 1 ? "" : " ,"}`)
    .join("\n");
}

/** A line each: some readers cut long ones. */
function paragraph(text: string): string {
  return text
    .split(/(?<=[.:;]) /)
    .map(line)
    .join("\n");
}

/** A dot or an apostrophe begins a request. */
function line(text: string): string {
  return escapeText(text).replace(/^[.']/, "\\&$&");
}

/** Hyphens stay what one types, and characters beyond ASCII are named by their numbers. */
function escapeText(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/[^\x20-\x7e]/gu, (one) => `\\[u${one.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}]`);
}
