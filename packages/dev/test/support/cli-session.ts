// A command line in a directory of its own, with its output caught.
import { type CliIo, main } from "../../src/cli.js";
import { makeDirectory } from "./tenants.js";

export interface Session {
  readonly io: CliIo;
  readonly stop: () => void;
  readonly out: () => string;
  readonly err: () => string;
}

export async function createSession(cwd?: string): Promise<Session> {
  let out = "";
  let err = "";
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const io: CliIo = {
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    cwd: cwd ?? (await makeDirectory()),
    untilStopped: () => stopped,
  };
  return { io, stop, out: () => out, err: () => err };
}

export async function run(args: string[], cwd?: string): Promise<{ code: number; out: string; err: string }> {
  const session = await createSession(cwd);
  const code = await main(args, session.io);
  return { code, out: session.out(), err: session.err() };
}
