// The command line: `dev` serves a tenant, `token` gets a token from one, `faults` makes one fail
// on demand, `logout` and `signal` end what people may do, `keys`, `tenant` and `reset` change it,
// and `watch` shows what happens. The library's `gatewarden` command calls it.
import { runDev } from "./cli/dev-command.js";
import { runFaults } from "./cli/faults-command.js";
import { listCommands } from "./cli/flag-help.js";
import { commands } from "./cli/flags.js";
import { type CliIo, processIo, toPrintableIo } from "./cli/io.js";
import { runKeys } from "./cli/keys-command.js";
import { runLogout } from "./cli/logout-command.js";
import { UsageError } from "./cli/parse-flags.js";
import { runReset } from "./cli/reset-command.js";
import { runSignal } from "./cli/signal-command.js";
import { runTenant } from "./cli/tenant-command.js";
import { runToken } from "./cli/token-command.js";
import { runWatch } from "./cli/watch-command.js";
import { TenantError } from "./errors.js";

export type { CliIo } from "./cli/io.js";

const help = `Usage: gatewarden <command> [options]

${listCommands(commands)}

Run a command with --help for its options.
`;

/** Runs a command and returns the exit code: 0 success, 1 failure, 2 wrong usage. */
export async function main(args: readonly string[], terminal: CliIo = processIo()): Promise<number> {
  const io = toPrintableIo(terminal);
  const [command, ...rest] = args;
  try {
    if (command === "dev") return await runDev(rest, io);
    if (command === "token") return await runToken(rest, io);
    if (command === "faults") return await runFaults(rest, io);
    if (command === "logout") return await runLogout(rest, io);
    if (command === "signal") return await runSignal(rest, io);
    if (command === "keys") return await runKeys(rest, io);
    if (command === "tenant") return await runTenant(rest, io);
    if (command === "watch") return await runWatch(rest, io);
    if (command === "reset") return await runReset(rest, io);
    if (command === "--help" || command === "-h" || command === "help") {
      io.stdout(help);
      return 0;
    }
    io.stderr(command === undefined ? help : `There is no command ${JSON.stringify(command)}.\n\n${help}`);
    return 2;
  } catch (error) {
    if (!(error instanceof TenantError) && !(error instanceof UsageError)) throw error;
    io.stderr(`${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}
