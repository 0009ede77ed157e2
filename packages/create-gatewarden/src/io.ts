// The input and output of the commands. They access nothing else of the process.
import process from "node:process";
import { createScreen, readColumns, type Screen, type ScreenStreams } from "gatewarden/terminal";
import { createPrompter, type Prompter } from "./prompter.js";

export interface CliIo extends ScreenStreams {
  readonly cwd: string;
  /** Asks a person. Undefined without a terminal. */
  readonly prompter: Prompter | undefined;
}

/** What a command works with. */
export interface Situation extends Pick<CliIo, "cwd" | "env" | "prompter"> {
  readonly screen: Screen;
}

export function createProcessIo(): CliIo {
  const { stdin, stdout, stderr, env } = process;
  const isTerminal = stdin.isTTY === true && stdout.isTTY === true && !env["CI"];
  return {
    out: (text) => stdout.write(text),
    error: (text) => stderr.write(text),
    columns: readColumns(),
    cwd: process.cwd(),
    env,
    prompter: isTerminal ? createPrompter() : undefined,
  };
}

export function toSituation(io: CliIo, args: readonly string[]): Situation {
  return { cwd: io.cwd, env: io.env, prompter: io.prompter, screen: createScreen(io, args) };
}
