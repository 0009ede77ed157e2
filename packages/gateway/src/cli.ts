// The command `gatewarden gateway`.
import { type CliIo, processIo } from "./cli/io.js";
import { runServe } from "./cli/serve-command.js";

export type { CliIo };

/** Runs the command. `args` begins with the command's name. Resolves to the exit code. */
export async function main([, ...args]: readonly string[], io: CliIo = processIo): Promise<number> {
  return runServe(args, io);
}
