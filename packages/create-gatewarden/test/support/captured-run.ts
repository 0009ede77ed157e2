// Runs a command of this package in this process, with its output caught.
import type { Prompter } from "../../src/prompter.js";
import { runCommand } from "../../src/run.js";

export interface Situation {
  readonly cwd: string;
  /** Undefined: no terminal. */
  readonly prompter?: Prompter | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

export interface CapturedRun {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

export async function captureRun(
  command: "create" | "init",
  args: readonly string[],
  { cwd, prompter, env = {} }: Situation,
): Promise<CapturedRun> {
  const out: string[] = [];
  const error: string[] = [];
  const code = await runCommand(command, args, {
    out: (text) => void out.push(text),
    error: (text) => void error.push(text),
    cwd,
    env,
    prompter,
  });
  return { code, out: out.join(""), error: error.join("") };
}
