// `gatewarden dev`: serves a tenant until it is stopped.
import { resolve } from "node:path";
import { defaultPort } from "../config/defaults.js";
import { loadConfig } from "../config/load.js";
import type { Persona } from "../config/model.js";
import { TenantError } from "../errors.js";
import { tenantDirectoryName } from "../files.js";
import { createTenant } from "../tenant.js";
import type { Tenant } from "../tenant-types.js";
import { parseFaultArgument } from "./fault-argument.js";
import { formatOn } from "./faults-command.js";
import { toHelp } from "./flag-help.js";
import { commands, flags } from "./flags.js";
import { type CliIo, parseWholeNumber } from "./io.js";
import { parseFlags } from "./parse-flags.js";

export async function runDev(args: readonly string[], io: CliIo): Promise<number> {
  const { values } = parseFlags({ flags, commands, command: "dev", args });
  if (values.help) {
    io.stdout(toHelp(commands[0], flags));
    return 0;
  }
  const port = parseWholeNumber("port", values.port);
  if (port !== undefined && port > 65_535) throw new TenantError("invalid_request", "--port must be at most 65535.");
  const faults = (values.fault ?? []).map(parseFaultArgument);
  const tenant = await createTenant({
    ...(await loadConfig(io.cwd, values.config)),
    port,
    host: values.host,
    directory: resolve(io.cwd, values.directory ?? tenantDirectoryName),
    allowedHosts: values["allow-host"],
    onError: (error) => io.stderr(`gatewarden dev: ${error.stack ?? error.message}\n`),
  });
  if (port === undefined && tenant.port !== defaultPort) {
    io.stderr(`Port ${defaultPort} is taken; using ${tenant.port} instead.\n`);
  }
  try {
    await tenant.faults.set(...faults);
    io.stdout(describe(tenant));
    await io.untilStopped();
  } finally {
    await tenant.close();
  }
  return 0;
}

function describe({ audience, config, faults, issuer }: Tenant): string {
  const width = Math.max(...config.personas.map(({ id }) => id.length));
  const personas = config.personas.map((persona) => `  ${persona.id.padEnd(width)}  ${summarize(persona)}`);
  return [
    `Local tenant: ${issuer}`,
    "",
    "Personas:",
    ...personas,
    "",
    ...(faults.active.length > 0 ? [formatOn(faults.active)] : []),
    "For your API's environment:",
    `ISSUER_BASE_URL=${issuer}`,
    `AUDIENCE=${audience}`,
    "",
    `Get a token: npx gatewarden token --as ${config.personas[0].id}`,
    "Stop with Ctrl-C.",
    "",
  ].join("\n");
}

function summarize({ name, organization, permissions }: Persona): string {
  const held = permissions.length > 0 ? permissions.join(" ") : "no permissions";
  return [name, organization, held].filter((part) => part !== undefined).join(", ");
}
