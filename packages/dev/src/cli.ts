// The command line: `dev` serves a tenant, `token` gets a token from one, `faults` makes one fail
// on demand, `logout` and `signal` end what people may do, `keys`, `tenant` and `reset` change it,
// and `watch` shows what happens. The library's `gatewarden` command calls it.
import {
  type CommandTable,
  createScreen,
  listCommands,
  printHelp,
  type Screen,
  suggestName,
  UsageError,
} from "gatewarden/terminal";
import { runDev } from "./cli/dev-command.js";
import { runFaults } from "./cli/faults-command.js";
import { commands, flags } from "./cli/flags.js";
import { type CliIo, processIo, toPrintableIo, toScreenStreams } from "./cli/io.js";
import { runKeys } from "./cli/keys-command.js";
import { runLogout } from "./cli/logout-command.js";
import { runReset } from "./cli/reset-command.js";
import { runSignal } from "./cli/signal-command.js";
import { runTenant } from "./cli/tenant-command.js";
import { runToken } from "./cli/token-command.js";
import { runWatch } from "./cli/watch-command.js";
import { TenantError, type TenantErrorCode } from "./errors.js";

export type { CliIo } from "./cli/io.js";

const help = `Usage: gatewarden <command> [options]

${listCommands(commands)}

Run a command with --help for its options.
`;

/** The commands and flags, for completion. */
export const commandTable: CommandTable = { commands, flags };

/** What a tenant does not start with, whatever runs beside it. */
const cannotBeRight: readonly TenantErrorCode[] = ["invalid_configuration", "not_loopback"];

/** Runs a command and returns the exit code: 0 success, 1 failure, 2 wrong usage. */
export async function main(args: readonly string[], terminal: CliIo = processIo()): Promise<number> {
  const screen = createScreen(toScreenStreams(terminal), args);
  const io = toClearingIo(toPrintableIo(terminal), screen);
  try {
    return await run(args, io, screen);
  } catch (error) {
    // Before the message.
    screen.progress.clear();
    if (!(error instanceof TenantError) && !(error instanceof UsageError)) throw error;
    screen.fail(error.message);
    return error instanceof UsageError || cannotBeRight.includes(error.code) ? 2 : 1;
  } finally {
    screen.progress.clear();
  }
}

/** What takes long where an application, a receiver or the machine is slow. */
const steps: Readonly<Record<string, string>> = {
  dev: "starting the local tenant",
  logout: "asking the tenant, which tells the applications",
  signal: "asking the tenant, which tells applications and receivers",
  tenant: "asking the tenant",
};

async function run([command, ...rest]: readonly string[], io: CliIo, screen: Screen): Promise<number> {
  const row = commands.find(({ name }) => name === command);
  if (row !== undefined && asksForHelp(rest)) {
    printHelp(screen, row, flags);
    return 0;
  }
  const step = row && steps[row.name];
  if (step !== undefined) screen.progress.show(step);
  if (command === "dev") return runDev(rest, io);
  if (command === "token") return runToken(rest, io);
  if (command === "faults") return runFaults(rest, io, screen);
  if (command === "logout") return runLogout(rest, io);
  if (command === "signal") return runSignal(rest, io);
  if (command === "keys") return runKeys(rest, io);
  if (command === "tenant") return runTenant(rest, io, screen);
  if (command === "watch") return runWatch(rest, io, screen);
  if (command === "reset") return runReset(rest, io);
  if (command === undefined || command === "--help" || command === "-h" || command === "help") {
    screen.out(help);
    return 0;
  }
  const names = commands.map(({ name }) => name);
  throw new UsageError(
    `There is no command ${JSON.stringify(command.slice(0, 40))}${suggestName(command, names)}\nSee: gatewarden --help`,
  );
}

/** The line of progress goes before anything else is printed. */
function toClearingIo(io: CliIo, { progress }: Screen): CliIo {
  const clearing = (print: (text: string) => void) => (text: string) => {
    progress.clear();
    print(text);
  };
  return { ...io, stdout: clearing(io.stdout), stderr: clearing(io.stderr) };
}

/** What follows `--` belongs to another command. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? args.length : end).some((arg) => arg === "--help" || arg === "-h");
}
