// The input and output of the command.
import { readColumns, type ScreenStreams } from "gatewarden/terminal";
import { createBoundedOutput } from "../server/bounded-output.js";

/** Where the command writes, and what it reads. Tests pass their own. */
export interface CliIo {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Takes the lines of the log, and may drop some that nothing reads. Default: `out`. */
  readonly log?: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The columns of each stream that is a terminal. Default: none is. */
  readonly columns?: ScreenStreams["columns"];
  /** Resolves when the process is asked to stop. */
  readonly untilStopped: () => Promise<void>;
  /** Calls back when the process is asked to read its files again. */
  readonly onReload: (listener: () => void) => void;
}

/** The process itself. */
export function processIo(): CliIo {
  return {
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    log: createBoundedOutput(process.stdout),
    env: process.env,
    columns: readColumns(),
    untilStopped: () =>
      new Promise((resolve) => {
        process.once("SIGTERM", () => resolve());
        process.once("SIGINT", () => resolve());
      }),
    onReload: (listener) => void process.on("SIGHUP", listener),
  };
}
