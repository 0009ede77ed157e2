// The machine as `doctor` uses it. Tests replace the parts that loopback cannot provide.
import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { type Fetch, globalFetch } from "../../platform/fetch.js";

/** What the checks need from the machine. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** For example `20.19.0`. */
  readonly nodeVersion: string;
  readonly fetch: Fetch;
  /** All addresses of a host, found as `fetch` finds them. */
  readonly lookup: (host: string) => Promise<readonly LookupAddress[]>;
  readonly connect: (port: number, address: string) => Socket;
  readonly readFile: (path: string) => Promise<string>;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Called after all output. */
  readonly finish: () => void;
}

/**
 * This process and its machine. Loads no files of variables: the checks do that if they are asked
 * to.
 */
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
    // A look-up continues inside the C library after it was abandoned. Do not wait for it.
    finish: () => void setTimeout(() => process.exit(), 500).unref(),
  };
}
