// `gatewarden faults`: lists the faults of the running tenant, and switches them on and off.

import { parseFlags, type Screen, toPrintable } from "gatewarden/terminal";
import { z } from "zod";
import { faultCatalogue, faultNames } from "../faults/catalogue.js";
import type { FaultName } from "../faults/fault.js";
import { parseFaultArgument, requireFaultName } from "./fault-argument.js";
import { commands, flags } from "./flags.js";
import { type CliIo, toJsonLine } from "./io.js";
import { formatRows } from "./rows.js";
import { callTenant, findTenant } from "./tenant-client.js";

const path = "/dev/faults";
/** The tenant's answer about faults. */
export const faultsAnswer: z.ZodType<{ readonly on: On }> = z.looseObject({
  on: z.array(z.looseObject({ name: z.string() })),
});
/** Active faults, with their parameters. */
type On = readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];

export async function runFaults(args: readonly string[], io: CliIo, { width }: Pick<Screen, "width">): Promise<number> {
  const { values, operands } = parseFlags({ flags, commands, command: "faults", args });
  const isReset = values.reset;
  const tenant = await findTenant(values.issuer, io.cwd);
  const requests = isReset ? toReset(operands) : toSet(operands);
  let answer: z.infer<typeof faultsAnswer> = { on: [] };
  for (const request of requests) answer = await callTenant({ tenant, answer: faultsAnswer, ...request });
  const isList = values.list || (operands.length === 0 && !isReset);
  if (values.json) io.stdout(toJsonLine(answer));
  else if (isList) io.stdout(formatList(answer.on, width));
  else if (!values.quiet) io.stdout(formatOn(answer.on));
  return 0;
}

interface TenantRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
}

function toReset(names: readonly string[]): readonly TenantRequest[] {
  if (names.length === 0) return [{ method: "DELETE", path }];
  for (const name of names) requireFaultName(name);
  return names.map((name) => ({ method: "DELETE", path: `${path}/${name}` }));
}

function toSet(faults: readonly string[]): readonly TenantRequest[] {
  if (faults.length === 0) return [{ method: "GET", path }];
  return [{ method: "POST", path, body: faults.map(parseFaultArgument) }];
}

/** One line per active fault, as written on a command line. */
export function formatOn(on: readonly { readonly name: string }[]): string {
  if (on.length === 0) return "No faults are on.\n";
  return `Faults that are on:\n${on.map((fault) => `  ${format(fault)}\n`).join("")}`;
}

function formatList(on: On, width: number): string {
  const isOn = (name: FaultName): boolean => on.some((fault) => fault.name === name);
  const rows = faultNames.map((name) => {
    const { answer: owed, description, reason } = faultCatalogue[name];
    const text = `${description} → ${owed ?? reason ?? "the API notices nothing"}`;
    return { name, text, mark: isOn(name) ? "* " : "  " };
  });
  return `${formatRows(rows, width)}\n${formatOn(on)}`;
}

function format(fault: On[number]): string {
  const { name, ...parameters } = fault;
  const pairs = Object.entries(parameters).map(([key, value]) => {
    return `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`;
  });
  return toPrintable(pairs.length === 0 ? name : `${name}:${pairs.join(",")}`);
}
