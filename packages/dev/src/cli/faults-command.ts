// `gatewarden faults`: lists what the running tenant can do wrong, and switches it on and off.
import { z } from "zod";
import { faultCatalogue, faultNames } from "../faults/catalogue.js";
import type { FaultName } from "../faults/fault.js";
import { parseFaultName } from "../faults/parse-fault.js";
import { toPrintable } from "../printable.js";
import { parseFaultArgument } from "./fault-argument.js";
import { type CliIo, parseArguments } from "./io.js";
import { callTenant, findTenant } from "./tenant-client.js";

const help = `Usage: gatewarden faults [name[:parameter=value,…]…] [options]

Makes the running local tenant go wrong on demand. Without a name, lists all faults and marks those that are on.

  gatewarden faults expired                             every token has expired
  gatewarden faults jwks-slow:seconds=10,times=2        the next two key sets come ten seconds late
  gatewarden faults --reset                             all faults are off again

Options:
  --list          List the faults, also after a change
  --reset         Switch the named faults off; without a name, all
  --issuer <url>  The tenant (default: the one started here, else http://127.0.0.1:4400/)
  --help          Show this text
`;

const options = {
  list: { type: "boolean" },
  reset: { type: "boolean" },
  issuer: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

const path = "/dev/faults";
const answer = z.object({ on: z.array(z.looseObject({ name: z.string() })) });
/** Faults that are on, with their parameters. */
type On = readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];

export async function runFaults(args: readonly string[], io: CliIo): Promise<number> {
  const { values, positionals } = parseArguments("faults", args, options);
  if (values.help === true) {
    io.stdout(help);
    return 0;
  }
  const isReset = values.reset === true;
  const issuer = await findTenant(values.issuer, io.cwd);
  const requests = isReset ? toReset(positionals) : toSet(positionals);
  let on: On = [];
  for (const request of requests) on = (await callTenant({ issuer, answer, ...request })).on;
  const isList = values.list === true || (positionals.length === 0 && !isReset);
  io.stdout(isList ? formatList(on) : formatOn(on));
  return 0;
}

interface TenantRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
}

function toReset(names: readonly string[]): readonly TenantRequest[] {
  if (names.length === 0) return [{ method: "DELETE", path }];
  return names.map((name) => parseFaultName(name)).map((name) => ({ method: "DELETE", path: `${path}/${name}` }));
}

function toSet(faults: readonly string[]): readonly TenantRequest[] {
  if (faults.length === 0) return [{ method: "GET", path }];
  return [{ method: "POST", path, body: faults.map(parseFaultArgument) }];
}

/** One line per fault that is on, as it would be written on a command line. */
export function formatOn(on: readonly { readonly name: string }[]): string {
  if (on.length === 0) return "No faults are on.\n";
  return `Faults that are on:\n${on.map((fault) => `  ${format(fault)}\n`).join("")}`;
}

function formatList(on: On): string {
  const width = Math.max(...faultNames.map((name) => name.length));
  const isOn = (name: FaultName): boolean => on.some((fault) => fault.name === name);
  const lines = faultNames.map((name) => {
    const { description, reason } = faultCatalogue[name];
    return `${isOn(name) ? "*" : " "} ${name.padEnd(width)}  ${description} → ${reason ?? "the API notices nothing"}\n`;
  });
  return `${lines.join("")}\n${formatOn(on)}`;
}

function format(fault: On[number]): string {
  const { name, ...parameters } = fault;
  const pairs = Object.entries(parameters).map(([key, value]) => {
    return `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`;
  });
  return toPrintable(pairs.length === 0 ? name : `${name}:${pairs.join(",")}`);
}
