// Runs a command of this package, and says in one line what is wrong.
import { ConfigError } from "gatewarden";
import { UsageError } from "gatewarden/terminal";
import { runCreate, toOwnName } from "./create-command.js";
import { runInit } from "./init-command.js";
import { type CliIo, type Situation, toSituation } from "./io.js";
import { CancelledError } from "./prompter.js";
import { InTheWayError } from "./write-files.js";

type Runner = (args: readonly string[], situation: Situation) => Promise<number>;

const runners: Readonly<Record<"create" | "init", Runner>> = { create: runCreate, init: runInit };

/**
 * Resolves to the exit code: 0 on success, 1 if a file is in the way, 2 if the command line is
 * wrong.
 */
export async function runCommand(command: "create" | "init", args: readonly string[], io: CliIo): Promise<number> {
  const situation = toSituation(io, args);
  try {
    return await runners[command](args, situation);
  } catch (error) {
    // Not an error: the person changed their mind.
    if (error instanceof CancelledError) {
      situation.screen.aside(`${error.message}\n`);
      return 1;
    }
    const isUsage = error instanceof UsageError || error instanceof ConfigError;
    if (!isUsage && !(error instanceof InTheWayError)) throw error;
    situation.screen.fail(toOwnName(error.message));
    return isUsage ? 2 : 1;
  }
}
