// What a test asks of a runtime, whichever it is.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { CaseDocument, Decision } from "./case.js";
import type { Scratch } from "./scratch.js";
import type { Signature } from "./vectors.js";

/** What a runtime is asked. */
export interface Questions {
  readonly document: CaseDocument;
  readonly vectors: readonly Signature[];
}

/** What it answers. */
export interface Answers {
  readonly decisions: readonly Decision[];
  /** What becomes of the tokens of the guard `tokens`, all at once. */
  readonly atOnce: readonly string[];
  /** Whether each signature holds; text where the key was not taken. */
  readonly signatures: readonly (boolean | string)[];
}

/** A server of the API in `run/app.mjs`. */
export interface Served {
  readonly origin: string;
  stop(): Promise<void>;
}

/** One runtime, run in one way. */
export interface Runtime {
  readonly name: string;
  /** What must be there to run it. */
  readonly binary: string;
  answer(questions: Questions, scratch: Scratch): Promise<Answers>;
  serve(issuer: string, scratch: Scratch): Promise<Served>;
}

/** Ends a process and waits until it has. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** The first whole line of JSON that a process writes; rejects when it ends before. */
export function readLine<Value>(child: ChildProcess, output: NodeJS.ReadableStream): Promise<Value> {
  return new Promise((resolve, reject) => {
    let text = "";
    output.on("data", (chunk) => {
      text += chunk;
      const line = text.split("\n", 1)[0] ?? "";
      if (line.length < text.length) resolve(JSON.parse(line) as Value);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`It ended with ${code} before it was ready`)));
  });
}
