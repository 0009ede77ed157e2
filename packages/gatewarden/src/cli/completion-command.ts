// `gatewarden completion bash`: prints the script with which a shell completes commands.
import { commands, delegatedCommands, flags } from "./flags.js";
import { type CommandTable, type Shell, shells, toCompletion } from "./terminal/completion/completion.js";
import { printHelp } from "./terminal/flag-help.js";
import { suggestName } from "./terminal/nearest-name.js";
import { type CommandRow, parseFlags, UsageError } from "./terminal/parse-flags.js";
import type { Screen } from "./terminal/screen.js";

/** The packages with commands of their own, which export their table. */
const packages: readonly string[] = [
  "@gatewarden/dev/cli",
  "@gatewarden/gateway/cli",
  "@gatewarden/migrate/cli",
  "create-gatewarden/cli",
];

/** Runs the command. Resolves to the exit code. */
export async function runCompletion(args: readonly string[], screen: Screen): Promise<number> {
  const { values, operands } = parseFlags({ flags, commands, command: "completion", args });
  if (values.help) {
    printHelp(screen, commands[2], flags);
    return 0;
  }
  const [shell = ""] = operands;
  screen.out(toCompletion(parseShell(shell), await loadTables()));
  return 0;
}

function parseShell(text: string): Shell {
  const shell = shells.find((one) => one === text);
  if (shell !== undefined) return shell;
  throw new UsageError(
    `There is no completion for ${JSON.stringify(text.slice(0, 40))}${suggestName(text, shells)}\nSee: gatewarden completion --help`,
  );
}

/** Of a package that is not installed, only the commands are known. */
async function loadTables(): Promise<readonly CommandTable[]> {
  const own: CommandTable = { commands, flags };
  const tables = [own, ...(await Promise.all(packages.map(readTable))).filter((table) => table !== undefined)];
  const known = new Set(tables.flatMap((table) => table.commands.map(({ name }) => name)));
  const others: readonly CommandRow[] = delegatedCommands.filter(({ name }) => !known.has(name));
  return [...tables, { commands: others, flags: [] }];
}

async function readTable(path: string): Promise<CommandTable | undefined> {
  try {
    const { commandTable } = (await import(path)) as { readonly commandTable?: CommandTable };
    return commandTable;
  } catch {
    return undefined;
  }
}
