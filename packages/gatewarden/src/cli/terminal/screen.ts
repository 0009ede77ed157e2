// What a command prints on: two streams with colours, columns and symbols, and a line of progress.
import { type ColorChoice, colorChoices, isColored, type Symbols, toLineWidth, toSymbols } from "./look.js";
import { paint, render, type Text } from "./paint.js";
import { createProgressLine, type ProgressLine } from "./progress-line.js";

/** The streams of a command. */
export interface ScreenStreams {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The columns of each stream that is a terminal. */
  readonly columns?: { readonly out?: number | undefined; readonly error?: number | undefined } | undefined;
}

/** How a command prints. All text is escaped: nothing in it can act on the terminal. */
export interface Screen {
  /** Columns of standard output, from 40 to 100. Infinite if it is no terminal. */
  readonly width: number;
  readonly symbols: Symbols;
  /** With `--quiet`: only problems are printed. */
  readonly isQuiet: boolean;
  /** Prints the result. */
  readonly out: (...parts: readonly Text[]) => void;
  /** Prints what is beside the result, on standard error. */
  readonly aside: (...parts: readonly Text[]) => void;
  /** Prints a problem on standard error: `error: …`. */
  readonly fail: (message: string) => void;
  /** The step that a command is at. */
  readonly progress: ProgressLine;
}

/**
 * A screen. Reads `--color` and `--quiet` itself, since a wrong command line is told in colours
 * too; whether their values are right is for `parseFlags` to say.
 */
export function createScreen(streams: ScreenStreams, args: readonly string[] = []): Screen {
  const { env, columns = {} } = streams;
  const color = readColor(args);
  const [out, error] = [{ columns: columns.out }, { columns: columns.error }];
  const [outHasColor, errorHasColor] = [isColored(color, env, out), isColored(color, env, error)];
  const symbols = toSymbols(env, process.platform);
  const isQuiet = beforeOperands(args).some((arg) => arg === "--quiet" || /^-[hq]*q[hq]*$/.test(arg));
  const aside = (...parts: readonly Text[]) => streams.error(render(parts, errorHasColor));
  const canMove = error.columns !== undefined && env["TERM"] !== "dumb" && !isQuiet;
  return {
    width: toLineWidth(out),
    symbols,
    isQuiet,
    out: (...parts) => streams.out(render(parts, outHasColor)),
    aside,
    fail: (message) => aside(paint("error", "error:"), ` ${message}\n`),
    progress: createProgressLine({
      write: canMove ? streams.error : undefined,
      columns: error.columns ?? 80,
      symbols,
    }),
  };
}

function readColor(args: readonly string[]): ColorChoice {
  const own = beforeOperands(args);
  const at = own.findLastIndex((arg) => arg === "--color" || arg.startsWith("--color="));
  const value = own[at]?.startsWith("--color=") ? own[at]?.slice("--color=".length) : own[at + 1];
  return at === -1 ? "auto" : (colorChoices.find((one) => one === value) ?? "auto");
}

function beforeOperands(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end === -1 ? args : args.slice(0, end);
}

/** The columns of this process's streams, as far as they are terminals. */
export function readColumns(): { readonly out: number | undefined; readonly error: number | undefined } {
  const read = (stream: NodeJS.WriteStream) => (stream.isTTY ? (stream.columns ?? 80) : undefined);
  return { out: read(process.stdout), error: read(process.stderr) };
}
