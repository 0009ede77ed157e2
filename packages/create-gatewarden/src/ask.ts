// Answers come from a flag, from a default, or from a person.
import { suggestName, UsageError } from "gatewarden/terminal";
import { findProviderProblem, type ProviderValues } from "./check-provider.js";
import { toFlagName } from "./flags.js";
import type { Prompter } from "./prompter.js";
import type { ArgumentRow, ProviderRow } from "./provider-row.js";
import { providers } from "./providers.js";

/** Where answers come from. */
export interface Sources {
  /** By flag. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  /** Whether what no flag says has its default: `--yes`. */
  readonly isDefault: boolean;
  readonly prompter: Prompter | undefined;
}

interface ChoiceRow {
  readonly id: string;
  readonly title?: string;
  readonly hint?: string;
}

/** A question with a few answers. */
export interface ChoiceQuestion<Row extends ChoiceRow> {
  readonly flag: string;
  readonly message: string;
  readonly rows: readonly Row[];
  /** Its id. */
  readonly fallback: string;
}

/** The chosen row. Throws `UsageError`. */
export async function chooseRow<Row extends ChoiceRow>(
  { flag, message, rows, fallback }: ChoiceQuestion<Row>,
  { flags, isDefault, prompter }: Sources,
): Promise<Row> {
  const given = flags[flag];
  if (given !== undefined) return parseChoice(given, flag, rows);
  if (isDefault) return parseChoice(fallback, flag, rows);
  if (prompter === undefined) throw toMissing(flag, fallback);
  const choices = rows.map(({ id, title = id, hint }) => ({ value: id, label: title, ...(hint && { hint }) }));
  return parseChoice(await prompter.select({ message, choices, initial: fallback }), flag, rows);
}

function parseChoice<Row extends ChoiceRow>(given: string, flag: string, rows: readonly Row[]): Row {
  const row = rows.find(({ id }) => id === given);
  if (row !== undefined) return row;
  const hint = suggestName(
    given,
    rows.map(({ id }) => id),
  );
  throw new UsageError(`--${flag} cannot be "${given.slice(0, 40)}"${hint}`);
}

function toMissing(flag: string, example: string): UsageError {
  const advice = "Without a terminal there are no questions; --yes takes the defaults.";
  return new UsageError(`--${flag} is missing. For example: --${flag} ${example}\n${advice}`);
}

/** The arguments of the chosen provider, checked by the library. Throws `UsageError`. */
export async function askProviderValues(row: ProviderRow, sources: Sources): Promise<ProviderValues> {
  const values: Record<string, string> = {};
  for (const { name } of row.arguments) {
    const given = sources.flags[toFlagName(name)];
    if (given !== undefined) values[name] = given;
  }
  refuseForeignFlags(row, sources);
  for (const argument of row.arguments) {
    if (!isAsked(argument, values)) continue;
    values[argument.name] = await askArgument(row, argument, { ...sources, known: values });
  }
  const problem = findProviderProblem(row, values);
  if (problem !== undefined) throw new UsageError(problem.message);
  return values;
}

function isAsked({ name, isOptional, unless = [] }: ArgumentRow, values: ProviderValues): boolean {
  return values[name] === undefined && isOptional !== true && unless.every((other) => values[other] === undefined);
}

/** A flag that would not be read protects nothing (CWE-636). */
function refuseForeignFlags(row: ProviderRow, { flags }: Sources): void {
  const own = row.arguments.map(({ name }) => toFlagName(name));
  const foreign = Object.keys(flags).find(
    (flag) => flags[flag] !== undefined && !own.includes(flag) && argumentFlags.has(flag),
  );
  if (foreign === undefined) return;
  const takes = own.length === 0 ? "takes none of these flags" : `takes ${own.map((flag) => `--${flag}`).join(", ")}`;
  throw new UsageError(`--${foreign} is not for --provider ${row.id}, which ${takes}`);
}

const argumentFlags = new Set(providers.flatMap((row) => row.arguments.map(({ name }) => toFlagName(name))));

async function askArgument(
  row: ProviderRow,
  { name, question, example }: ArgumentRow,
  { prompter, isDefault, known }: Sources & { readonly known: ProviderValues },
): Promise<string> {
  // Nothing stands in for a domain or an audience.
  if (prompter === undefined || isDefault) {
    throw new UsageError(
      `--provider ${row.id} needs --${toFlagName(name)}. For example: --${toFlagName(name)} ${example}`,
    );
  }
  const examples = Object.fromEntries(
    row.arguments.filter((one) => isAsked(one, known)).map((one) => [one.name, one.example]),
  );
  const check = (value: string) => {
    const problem = findProviderProblem(row, { ...examples, ...known, [name]: value });
    return problem?.argument === name ? toSpoken(problem.message) : undefined;
  };
  return prompter.text({ message: question, example, check });
}

/** A terminal shows the value already: `--domain is "x"; it must be …` → `It must be …`. */
function toSpoken(message: string): string {
  const text = message
    .replace(/^--[\w-]+ /, "")
    .replace(/ --[\w-]+ /, " ")
    .replace(/^is .*?; (?=it must )/s, "");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
