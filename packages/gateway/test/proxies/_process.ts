// A real proxy as a child process, with its files in a folder of its own.
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, isAbsolute, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isListening } from "../../../../scripts/lib/ports.mjs";
import { startChild, stopChild } from "../../../../scripts/lib/processes.mjs";
import { findProgram } from "../../../../scripts/lib/programs.mjs";

/** How to start a program. */
export interface ProxyProgram {
  readonly name: string;
  /** The files that it reads, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Its arguments, once the folder of those files is known. */
  readonly toArguments: (folder: string) => readonly string[];
  /** The port that answers once it has started. */
  readonly port: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A running program. */
export interface RunningProxy {
  /** What it has written to its standard streams. */
  readonly log: () => string;
  close(): Promise<void>;
}

/** Starts it and waits until its port answers. */
export async function startProgram(program: ProxyProgram): Promise<RunningProxy> {
  const path = isAbsolute(program.name) ? program.name : findProgram(program.name);
  if (path === undefined) throw new Error(`There is no ${program.name}`);
  const folder = await mkdtemp(join(tmpdir(), `gatewarden-${basename(program.name)}-`));
  for (const [name, content] of Object.entries(program.files)) await writeFile(join(folder, name), content);
  const environment = {
    ...process.env,
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
    ...program.environment,
  };
  const child = startChild(path, program.toArguments(folder), {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: folder,
    env: environment,
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      log += chunk;
    });
  }
  const close = async () => {
    await stopChild(child);
    await rm(folder, { recursive: true, force: true });
  };
  while (!(await isListening(program.port))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      await close();
      throw new Error(`${program.name} ended: ${log}`);
    }
    await delay(20);
  }
  return { log: () => log + readLog(join(folder, "error.log")), close };
}

/** What Apache writes to a file only. */
function readLog(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
