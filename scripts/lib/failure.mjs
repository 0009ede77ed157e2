// A failure that the reader can do something about: only its message is printed.
import { inspect } from "node:util";
import { printError } from "./printable.mjs";
import { isStopping } from "./processes.mjs";

/** Ends a script with its message and exit code 1. */
export class Failure extends Error {
  /** @override */
  name = "Failure";
}

/**
 * Runs a script's main function and sets the exit code. Errors with a message for the reader are shown without a stack.
 * @param {() => Promise<number>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    // Whatever breaks because everything is being stopped is no news.
    if (isStopping()) return;
    const isMessage = error instanceof Error && ["Failure", "TenantError"].includes(error.name);
    printError(isMessage ? `\n${error.message}` : inspect(error));
    process.exitCode = 1;
  }
}
