// The command `gatewarden gateway`.
import { type CommandTable, createScreen, printHelp, type Screen } from "gatewarden/terminal";
import { runCheck } from "./cli/check-command.js";
import { type CommandLine, parseCommandLine } from "./cli/command-line.js";
import { commands, flags } from "./cli/flags.js";
import { type CliIo, processIo } from "./cli/io.js";
import { runServe } from "./cli/serve-command.js";
import { runSnippet } from "./cli/snippet-command.js";
import { runTest } from "./cli/test-command.js";

export type { CliIo };

/** The commands and flags, for completion. */
export const commandTable: CommandTable = { commands, flags };

/** Runs the command. `args` begins with the command's name. Resolves to the exit code. */
export async function main([, ...args]: readonly string[], io: CliIo = processIo()): Promise<number> {
  const screen = createScreen(io, args);
  try {
    return await run(parseCommandLine(args), io, screen);
  } catch (error) {
    screen.fail(error instanceof Error ? error.message : "The command failed");
    return 2;
  }
}

async function run(line: CommandLine, io: CliIo, screen: Screen): Promise<number> {
  switch (line.command) {
    case "help":
      printHelp(screen, line.row, flags);
      return 0;
    case "serve":
      return runServe(line, io);
    case "check":
      return runCheck(line, io.env, screen);
    case "test":
      return runTest(line, screen);
    case "snippet":
      return runSnippet(line, io.env, screen);
  }
}
