// `gatewarden reset`: returns the running tenant to the state in which it started.

import { parseFlags, suggestName, UsageError } from "gatewarden/terminal";
import { z } from "zod";
import { resetParts } from "../reset-parts.js";
import { flags, toCommand } from "./flags.js";
import { type CliIo, toJsonLine } from "./io.js";
import { callTenant, findTenant } from "./tenant-client.js";

const resetAnswer = z.looseObject({ reset: z.array(z.string()) });

export async function runReset(args: readonly string[], io: CliIo): Promise<number> {
  const command = toCommand("reset");
  const { values, operands } = parseFlags({ flags, commands: [command], command: "reset", args });
  const unknown = operands.find((part) => !(resetParts as readonly string[]).includes(part));
  if (unknown !== undefined) {
    throw new UsageError(`There is no part ${JSON.stringify(unknown)} to reset${suggestName(unknown, resetParts)}`);
  }
  const tenant = await findTenant(values.issuer, io.cwd);
  const body = operands.length === 0 ? {} : { parts: operands };
  const report = await callTenant({ tenant, method: "POST", path: "/dev/reset", body, answer: resetAnswer });
  if (values.json) io.stdout(toJsonLine(report));
  else if (!values.quiet) io.stdout(`As at the start: ${report.reset.join(", ")}.\n`);
  return 0;
}
