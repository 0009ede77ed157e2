// The machine as `doctor` sees it. Tests replace the parts that cannot be had on loopback.
import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { type Fetch, globalFetch } from "../../platform/fetch.js";

/** What the checks ask of the machine. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Such as `20.19.0`. */
  readonly nodeVersion: string;
  readonly fetch: Fetch;
  /** All addresses of a host, found as `fetch` finds them. */
  readonly lookup: (host: string) => Promise<readonly LookupAddress[]>;
  readonly connect: (port: number, address: string) => Socket;
  readonly readFile: (path: string) => Promise<string>;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Whether standard error is a terminal, where a line may be overwritten. */
  readonly isTerminal: boolean;
  /** Called when all is said. */
  readonly finish: () => void;
}

/** This process and its machine. Of files of variables nothing is loaded here: the checks do that, where they are told to. */
export function createMachine(env: Machine["env"] = process.env): Machine {
  return {
    env,
    cwd: process.cwd(),
    nodeVersion: process.versions.node,
    fetch: globalFetch,
    lookup: (host) => lookup(host, { all: true }),
    connect: (port, address) => connect(port, address),
    readFile: (path) => readFile(path, "utf8"),
    now: () => Date.now() / 1000,
    isTerminal: process.stderr.isTTY === true,
    // A look-up that was given up goes on inside the C library, which cannot be told to stop: it is not waited for.
    finish: () => void setTimeout(() => process.exit(), 500).unref(),
  };
}
