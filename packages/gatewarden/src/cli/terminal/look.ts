// What a terminal can show: colours, columns, characters beyond ASCII. Decided from the flag
// `--color`, the environment, and what the stream is.

type Environment = Readonly<Record<string, string | undefined>>;

/** The values of `--color`. */
export const colorChoices = ["auto", "always", "never"] as const;
/** When output has colours. */
export type ColorChoice = (typeof colorChoices)[number];

/** One stream of a command. */
export interface StreamFacts {
  /** Set only if the stream is a terminal. */
  readonly columns: number | undefined;
}

/**
 * The flag wins. Else FORCE_COLOR (`0` means none), which Node.js too lets win over NO_COLOR. Else
 * NO_COLOR (no-color.org), and whether the stream is a terminal that can.
 */
export function isColored(choice: ColorChoice, env: Environment, { columns }: StreamFacts): boolean {
  if (choice !== "auto") return choice === "always";
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  if ((env["NO_COLOR"] ?? "") !== "" || (env["NODE_DISABLE_COLORS"] ?? "") !== "") return false;
  return columns !== undefined && env["TERM"] !== "dumb";
}

/**
 * The columns to wrap at: those of the terminal, from 40 to 100. Elsewhere text is for programs,
 * and its lines are not wrapped.
 */
export function toLineWidth({ columns }: StreamFacts): number {
  if (columns === undefined) return Number.POSITIVE_INFINITY;
  return Math.min(100, Math.max(40, columns));
}

/** Signs that are shown beside words, never instead of them. */
export interface Symbols {
  readonly ok: string;
  readonly warning: string;
  readonly error: string;
  readonly skipped: string;
  readonly ellipsis: string;
  readonly arrow: string;
  readonly spinner: readonly string[];
}

const unicode: Symbols = {
  ok: "✓",
  warning: "!",
  error: "✗",
  skipped: "–",
  ellipsis: "…",
  arrow: "→",
  spinner: [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"],
};
const ascii: Symbols = {
  ok: "+",
  warning: "!",
  error: "x",
  skipped: "-",
  ellipsis: "...",
  arrow: "->",
  spinner: [..."|/-\\"],
};

/** The locale decides: the first of these variables that is set (POSIX.1-2017 §8.2). */
export function toSymbols(env: Environment, platform: string): Symbols {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((value) => (value ?? "") !== "");
  if (locale !== undefined) return /utf-?8/i.test(locale) ? unicode : ascii;
  // Windows has no locale of this kind. Its own terminal says that it is one.
  return platform === "win32" && env["WT_SESSION"] !== undefined ? unicode : ascii;
}
