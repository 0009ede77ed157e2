// What a command has to do with the outside, so that tests can stand in for it.
import { type ParseArgsConfig, parseArgs } from "node:util";
import { toPrintableLines } from "../printable.js";

export interface CliIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** The working directory. */
  readonly cwd: string;
  /** Resolves when a serving command is to stop. */
  readonly untilStopped: () => Promise<void>;
}

/** The process itself: its streams, its directory, and Ctrl-C. */
export function processIo(): CliIo {
  return {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    cwd: process.cwd(),
    untilStopped: () =>
      new Promise((resolve) => {
        process.once("SIGINT", () => resolve());
        process.once("SIGTERM", () => resolve());
      }),
  };
}

/** The same, but nothing is printed that a terminal would act on. */
export function toPrintableIo(io: CliIo): CliIo {
  return {
    ...io,
    stdout: (text) => io.stdout(toPrintableLines(text)),
    stderr: (text) => io.stderr(toPrintableLines(text)),
  };
}

/** The command line itself is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type OptionsConfig = NonNullable<ParseArgsConfig["options"]>;
type Parsed<Options extends OptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options; args: string[]; strict: true; allowPositionals: true }>
>;

/** Parses options and what stands beside them; throws a {@link UsageError} that points at `--help`. */
export function parseArguments<const Options extends OptionsConfig>(
  command: string,
  args: readonly string[],
  options: Options,
): Pick<Parsed<Options>, "values" | "positionals"> {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${reason}\nSee: gatewarden ${command} --help`, { cause });
  }
}

/** Parses options, beside which nothing may stand. */
export function parseOptions<const Options extends OptionsConfig>(
  command: string,
  args: readonly string[],
  options: Options,
): Parsed<Options>["values"] {
  const { values, positionals } = parseArguments(command, args, options);
  if (positionals.length === 0) return values;
  throw new UsageError(`Unexpected argument ${JSON.stringify(positionals[0])}\nSee: gatewarden ${command} --help`);
}

/** Reads a whole number option; throws a {@link UsageError} for anything else. */
export function parseWholeNumber(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  throw new UsageError(`--${name} is ${JSON.stringify(value)}, but must be a whole number. Example: --${name} 4400`);
}
