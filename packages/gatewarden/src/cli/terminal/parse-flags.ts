// A command line → values, by a table of flags. Knows no particular command.
import { parseArgs } from "node:util";
import { findNearestName, suggestName } from "./nearest-name.js";

/** One flag. */
export interface FlagRow {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** The commands that take it. */
  readonly commands: readonly string[];
  /** A `switch` has no value, a `list` may be repeated. */
  readonly kind: "switch" | "text" | "list";
  /** The placeholder of the value in help, such as `<url>`. */
  readonly value?: string;
  /** The only values. Shells complete them. */
  readonly choices?: readonly string[];
  /** Values that shells offer, besides which there may be others. */
  readonly offers?: readonly string[];
  /** The default. */
  readonly fallback?: string;
  /** Environment variables with the same meaning. */
  readonly environment?: readonly string[];
  /** Its purpose: one sentence, without a full stop. */
  readonly doc: string;
  readonly example: string;
}

/** One command. */
export interface CommandRow {
  readonly name: string;
  /** Arguments besides the flags. Default: none allowed. `offers`: what shells complete. */
  readonly operand?: {
    readonly name: string;
    readonly least: number;
    readonly most: number;
    readonly offers?: readonly string[];
  };
  /** Its purpose in a few words, for lists of commands. Default: `doc`. */
  readonly brief?: string;
  /** Its purpose: one sentence. */
  readonly doc: string;
  /** Further paragraphs of its help. */
  readonly notes?: readonly string[];
}

type ValueOf<Kind> = Kind extends "switch" ? boolean : (Kind extends "list" ? readonly string[] : string) | undefined;

/** The values of the flags that a command takes. */
export type FlagValues<Rows extends readonly FlagRow[], Command extends string> = {
  readonly [Row in Rows[number] as Command extends Row["commands"][number] ? Row["name"] : never]: ValueOf<Row["kind"]>;
};

/** The command line is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

interface CommandLine<Rows, Command> {
  readonly flags: Rows;
  readonly commands: readonly CommandRow[];
  readonly command: Command;
  readonly args: readonly string[];
}

/**
 * Reads the flags and operands of a command. Throws `UsageError`. With `--help` everything else is
 * ignored.
 */
export function parseFlags<const Rows extends readonly FlagRow[], Command extends string>({
  flags,
  commands,
  command,
  args,
}: CommandLine<Rows, Command>): { values: FlagValues<Rows, Command>; operands: readonly string[] } {
  const rows = flags.filter((row) => row.commands.includes(command));
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: toOptions(rows),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = tokens.filter((token) => token.kind === "option");
  if (!given.some(({ name }) => name === "help")) {
    const operand = commands.find(({ name }) => name === command)?.operand;
    const table = { rows, flags, command, operand };
    for (const token of given) requireKnown(token, table);
    requireOperands(positionals, table);
  }
  return { values: toValues(rows, given) as FlagValues<Rows, Command>, operands: positionals };
}

function toOptions(rows: readonly FlagRow[]): NonNullable<Parameters<typeof parseArgs>[0]>["options"] & object {
  return Object.fromEntries(
    rows.map(({ name, short, kind }) => [
      name,
      {
        type: kind === "switch" ? ("boolean" as const) : ("string" as const),
        multiple: kind === "list",
        ...(short !== undefined && { short }),
      },
    ]),
  );
}

interface Given {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

interface Table {
  readonly rows: readonly FlagRow[];
  readonly flags: readonly FlagRow[];
  readonly command: string;
  readonly operand: CommandRow["operand"];
}

function requireKnown({ name, rawName, value, inlineValue }: Given, table: Table): void {
  const { rows, command } = table;
  const row = rows.find((one) => one.name === name);
  if (row === undefined) throw fail(describeUnknown(name, rawName, table), command);
  if (row.kind === "switch") {
    if (value !== undefined) throw fail(`--${name} takes no value.`, command);
    return;
  }
  const example = `For example: ${row.example}`;
  if (value === undefined) throw fail(`--${name} needs a value. ${example}`, command);
  // A following flag is not a value.
  if (!inlineValue && /^-./.test(value)) {
    throw fail(
      `--${name} needs a value; one that begins with a dash is written --${name}=<value>. ${example}`,
      command,
    );
  }
  if (row.choices !== undefined && !row.choices.includes(value)) {
    throw fail(`--${name} cannot be ${show(value)}${suggestName(value, row.choices)}`, command);
  }
}

/** Hides text that is not a name: it may be a misplaced secret. */
function show(text: string): string {
  return /^[\w./:@-]{1,40}$/.test(text) && !/^-*ey[JA]/.test(text) ? text : "…";
}

function describeUnknown(name: string, rawName: string, { rows, flags, command, operand }: Table): string {
  const unknown = `There is no flag ${show(rawName)}`;
  if (operand?.offers?.includes(name)) return `${unknown}; did you mean ${name}, without dashes?`;
  const [other] = flags.find((row) => row.name === name)?.commands ?? [];
  if (other !== undefined) return `${unknown} of gatewarden ${command}: it belongs to gatewarden ${other}.`;
  const nearest = findNearestName(
    name,
    rows.map((row) => row.name),
  );
  return nearest === undefined ? `${unknown}.` : `${unknown}; did you mean --${nearest}?`;
}

function requireOperands(operands: readonly string[], { rows, command, operand }: Table): void {
  const { name = "", least = 0, most = 0 } = operand ?? {};
  if (operands.length < least) throw fail(`gatewarden ${command} needs ${name}.`, command);
  const extra = operands[most];
  if (extra === undefined) return;
  throw fail(`The argument "${show(extra)}" is one too many${suggestFlag(extra, rows)}`, command);
}

/** The flag that was left out before its value, or written without dashes. */
function suggestFlag(text: string, rows: readonly FlagRow[]): string {
  if (rows.some(({ name }) => name === text)) return `; did you mean --${text}?`;
  const row = rows.find(({ choices, offers }) => (choices ?? offers)?.includes(text));
  return row === undefined ? "." : `; did you mean --${row.name} ${text}?`;
}

function fail(problem: string, command: string): UsageError {
  return new UsageError(`${problem}\nSee: gatewarden ${command} --help`);
}

function toValues(rows: readonly FlagRow[], given: readonly Given[]): Record<string, unknown> {
  const valuesOf = (name: string) => given.filter((one) => one.name === name).map(({ value }) => value);
  return Object.fromEntries(
    rows.map(({ name, kind }) => {
      const values = valuesOf(name);
      if (kind === "switch") return [name, values.length > 0];
      return [name, kind === "list" && values.length > 0 ? values : values.at(-1)];
    }),
  );
}
