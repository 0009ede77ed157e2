// `gatewarden dev`: serves a tenant until it is told to stop.
import { resolve } from "node:path";
import { defaultPort } from "../config/defaults.js";
import { loadConfig } from "../config/load.js";
import type { Persona } from "../config/model.js";
import { TenantError } from "../errors.js";
import { tenantDirectoryName } from "../files.js";
import { createTenant, type Tenant } from "../tenant.js";
import { parseFaultArgument } from "./fault-argument.js";
import { formatOn } from "./faults-command.js";
import { type CliIo, parseOptions, parseWholeNumber } from "./io.js";

const help = `Usage: gatewarden dev [options]

Starts a local tenant: a real OpenID provider on this machine, shaped like Auth0, with personas instead of passwords.

Options:
  --port <number>      Port to listen on (default: 4400, or a free one when that is taken)
  --host <address>     Address of this machine to listen on (default: 127.0.0.1)
  --config <file>      Configuration (default: gatewarden.dev.json, if there is one)
  --directory <path>   Where keys are kept between starts (default: .gatewarden)
  --allow-host <name>  Also answer under this host name, such as host.docker.internal (repeatable)
  --fault <name>       Start with this fault on, such as expired or jwks-slow:seconds=10 (repeatable; see gatewarden faults)
  --help               Show this text
`;

const options = {
  port: { type: "string" },
  host: { type: "string" },
  config: { type: "string" },
  directory: { type: "string", default: tenantDirectoryName },
  "allow-host": { type: "string", multiple: true },
  fault: { type: "string", multiple: true },
  help: { type: "boolean", short: "h" },
} as const;

export async function runDev(args: readonly string[], io: CliIo): Promise<number> {
  const values = parseOptions("dev", args, options);
  if (values.help === true) {
    io.stdout(help);
    return 0;
  }
  const port = parseWholeNumber("port", values.port);
  if (port !== undefined && port > 65_535) throw new TenantError("invalid_request", "--port must be at most 65535.");
  const faults = (values.fault ?? []).map(parseFaultArgument);
  const tenant = await createTenant({
    ...(await loadConfig(io.cwd, values.config)),
    port,
    host: values.host,
    directory: resolve(io.cwd, values.directory),
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
