// A command's connections to the outside, which tests can replace.
import { readColumns, type ScreenStreams, toPrintableLines, UsageError } from "gatewarden/terminal";
import { untilStopped } from "./stop.js";

export interface CliIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** The working directory. */
  readonly cwd: string;
  /** What decides on colors and symbols. Default: the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The columns of each stream that is a terminal. Default: none is. */
  readonly columns?: ScreenStreams["columns"];
  /** Resolves when a serving command must stop. */
  readonly untilStopped: () => Promise<void>;
  /** Resolves when what reads standard output has ended. Default: it never does. */
  readonly untilUnread?: (() => Promise<void>) | undefined;
}

/** The process itself: its streams, its directory, and what ends it. */
export function processIo(): CliIo {
  return {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    cwd: process.cwd(),
    columns: readColumns(),
    untilStopped,
    untilUnread,
  };
}

/** As `watch | head` does, which has seen enough. */
function untilUnread(): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.on("error", () => resolve());
  });
}

/** The same, with characters escaped that a terminal would interpret. */
export function toPrintableIo(io: CliIo): CliIo {
  return {
    ...io,
    stdout: (text) => io.stdout(toPrintableLines(text)),
    stderr: (text) => io.stderr(toPrintableLines(text)),
  };
}

/** The same for what prints in colors. */
export function toScreenStreams({ stdout, stderr, env = process.env, columns }: CliIo): ScreenStreams {
  return { out: stdout, error: stderr, env, columns };
}

/** For `--json`: one document on one line. */
export function toJsonLine(document: unknown): string {
  return `${JSON.stringify(document)}\n`;
}

/** Parses an integer option; throws a {@link UsageError} for anything else. */
export function parseWholeNumber(name: string, value: string | undefined, example: string): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  throw new UsageError(
    `--${name} is ${JSON.stringify(value)}, but must be a whole number. Example: --${name} ${example}`,
  );
}
