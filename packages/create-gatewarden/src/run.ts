// Runs a command of this package, and says in one line what is wrong.
import { ConfigError } from "gatewarden";
import { runCreate, toOwnName } from "./create-command.js";
import { runInit } from "./init-command.js";
import type { CliIo } from "./io.js";
import { CancelledError } from "./prompter.js";
import { UsageError } from "./terminal/parse-flags.js";
import { toPrintableLines } from "./terminal/printable.js";
import { InTheWayError } from "./write-files.js";

type Runner = (args: readonly string[], io: CliIo) => Promise<number>;

const runners: Readonly<Record<"create" | "init", Runner>> = { create: runCreate, init: runInit };

/**
 * Resolves to the exit code: 0 on success, 1 if a file is in the way, 2 if the command line is
 * wrong.
 */
export async function runCommand(command: "create" | "init", args: readonly string[], io: CliIo): Promise<number> {
  try {
    return await runners[command](args, io);
  } catch (error) {
    const isUsage = error instanceof UsageError || error instanceof ConfigError;
    if (!isUsage && !(error instanceof InTheWayError) && !(error instanceof CancelledError)) throw error;
    io.error(`${toOwnName(toPrintableLines(error.message))}\n`);
    return isUsage ? 2 : 1;
  }
}
