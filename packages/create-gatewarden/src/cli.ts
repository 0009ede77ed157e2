// The command `gatewarden init`, which the library passes on.
import { createProcessIo } from "./io.js";
import { runCommand } from "./run.js";

export { commandTable } from "./flags.js";

/** `args` begins with the command's name. Resolves to the exit code. */
export async function main([, ...args]: readonly string[]): Promise<number> {
  return runCommand("init", args, createProcessIo());
}
