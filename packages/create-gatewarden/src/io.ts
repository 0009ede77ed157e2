// The input and output of the commands. They access nothing else of the process.
import process from "node:process";
import { styleText } from "node:util";
import { createPrompter, type Prompter } from "./prompter.js";

export interface CliIo {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks a person. Undefined without a terminal. */
  readonly prompter: Prompter | undefined;
  /** Whether the terminal shows colours. */
  readonly hasColours: boolean;
}

export function createProcessIo(): CliIo {
  const { stdin, stdout, stderr, env } = process;
  const isTerminal = stdin.isTTY === true && stdout.isTTY === true && !env["CI"];
  return {
    out: (text) => stdout.write(text),
    error: (text) => stderr.write(text),
    cwd: process.cwd(),
    env,
    prompter: isTerminal ? createPrompter() : undefined,
    // no-color.org: set, and not empty.
    hasColours: stdout.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb",
  };
}

/** Text in a style, where the terminal shows it. */
export function paint(style: "bold" | "cyan" | "dim" | "green" | "red", text: string, { hasColours }: CliIo): string {
  return hasColours ? styleText(style, text) : text;
}
