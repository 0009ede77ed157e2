// `gatewarden dev`: serves a tenant until it is stopped, or for as long as a command runs.
import { resolve } from "node:path";
import { parseFlags, UsageError } from "gatewarden/terminal";
import { defaultPort } from "../config/defaults.js";
import { loadConfig } from "../config/load.js";
import type { Persona } from "../config/model.js";
import { TenantError } from "../errors.js";
import { tenantDirectoryName } from "../files.js";
import { createTenant } from "../tenant.js";
import type { Tenant, TenantAuthority } from "../tenant-types.js";
import { requireApi } from "./api-argument.js";
import { toApiEnvironment, toCommandEnvironment, toTrustEnvironment } from "./environment.js";
import { parseFaultArgument } from "./fault-argument.js";
import { formatOn } from "./faults-command.js";
import { commands, flags } from "./flags.js";
import { type CliIo, parseWholeNumber, toJsonLine } from "./io.js";
import { runCommand } from "./run-command.js";

export async function runDev(all: readonly string[], io: CliIo): Promise<number> {
  const { args, command } = splitCommand(all);
  const { values } = parseFlags({ flags, commands, command: "dev", args });
  const port = parseWholeNumber("port", values.port, "4400");
  if (port !== undefined && port > 65_535) throw new UsageError("--port must be at most 65535.");
  const faults = (values.fault ?? []).map(parseFaultArgument);
  const apis = values.api?.map((url) => ({ url: requireApi(url) })) ?? [];
  const tenant = await createTenant({
    ...(await loadConfig(io.cwd, values.config)),
    port,
    host: values.host,
    directory: resolve(io.cwd, values.directory ?? tenantDirectoryName),
    https: values.https,
    showApis: apis,
    allowedHosts: values["allow-host"],
    onError: (error) => io.stderr(`gatewarden dev: ${error.stack ?? error.message}\n`),
  });
  if (port === undefined && tenant.port !== defaultPort) {
    io.stderr(`Port ${defaultPort} is taken; using ${tenant.port} instead.\n`);
  }
  try {
    if (faults.length > 0) await tenant.faults.set(...faults).catch(toUsage);
    if (command !== undefined) return await runFor(tenant, command, io);
    // Before the text: who reads it may end this process at once.
    const stopped = io.untilStopped();
    if (values.json) io.stdout(toJsonLine(toDocument(tenant)));
    else if (!values.quiet) io.stdout(describe(tenant, { apis, isElsewhere: values.directory !== undefined }));
    await stopped;
  } finally {
    await tenant.close();
  }
  return 0;
}

/** For programs: one line, once the tenant answers. */
function toDocument({ audience, config, faults, issuer }: Tenant) {
  return { issuer, audience, personas: config.personas.map(({ id }) => id), faults: faults.active };
}

/** What stands behind `--` is a command, whose flags are its own. */
function splitCommand(all: readonly string[]): Split {
  const end = all.indexOf("--");
  if (end === -1) return { args: all, command: undefined };
  const command = all.slice(end + 1);
  if (command.length > 0) return { args: all.slice(0, end), command };
  throw new UsageError("After -- stands a command. For example: gatewarden dev -- pytest -x");
}

interface Split {
  readonly args: readonly string[];
  readonly command: readonly string[] | undefined;
}

/** Standard output is the command's. */
function runFor(tenant: Tenant, command: readonly string[], io: CliIo): Promise<number> {
  io.stderr(`Local tenant: ${tenant.issuer}\n`);
  return runCommand(command, { cwd: io.cwd, env: toCommandEnvironment(tenant), stderr: io.stderr });
}

/** Faults that cannot be on together were named on the command line. */
function toUsage(error: unknown): never {
  throw error instanceof TenantError ? new UsageError(error.message) : error;
}

interface Surroundings {
  /** What the console shows. */
  readonly apis: readonly { readonly url: string }[];
  /** Whether the record of the tenant is not where commands look for it. */
  readonly isElsewhere: boolean;
}

function describe(tenant: Tenant, { apis, isElsewhere }: Surroundings): string {
  const { authority, config, faults, issuer, url } = tenant;
  const width = Math.max(...config.personas.map(({ id }) => id.length));
  const personas = config.personas.map((persona) => `  ${persona.id.padEnd(width)}  ${summarize(persona)}`);
  return [
    `Local tenant: ${issuer}`,
    `Console: ${url}/console`,
    ...(apis.length > 0 ? [`The console shows: ${apis.map((api) => api.url.replace(/\/+$/, "")).join(" ")}`] : []),
    "",
    "Personas:",
    ...personas,
    "",
    ...(faults.active.length > 0 ? [formatOn(faults.active)] : []),
    "For your API's environment:",
    ...listVariables(tenant),
    "",
    ...explainTrust(authority),
    `Get a token: npx gatewarden token --as ${config.personas[0].id}${isElsewhere ? ` --issuer ${issuer}` : ""}`,
    "Stop with Ctrl-C.",
    "",
  ].join("\n");
}

/** Without https, the names of Auth0's guides would lead nowhere. */
function listVariables(tenant: Tenant): readonly string[] {
  const { ISSUER_BASE_URL, AUDIENCE, ...others } = toApiEnvironment(tenant);
  return toLines({ ISSUER_BASE_URL, AUDIENCE, ...(tenant.authority && others) });
}

function explainTrust(authority: TenantAuthority | undefined): readonly string[] {
  const { NODE_EXTRA_CA_CERTS, REQUESTS_CA_BUNDLE, SSL_CERT_FILE, CURL_CA_BUNDLE } = toTrustEnvironment(authority);
  if (NODE_EXTRA_CA_CERTS === undefined) return [];
  return [
    "So that clients trust its certificate:",
    "# Node.js",
    ...toLines({ NODE_EXTRA_CA_CERTS }),
    "# Python: requests, and everything else",
    ...toLines({ REQUESTS_CA_BUNDLE, SSL_CERT_FILE }),
    "# Go",
    ...toLines({ SSL_CERT_FILE }),
    `# curl; or: curl --cacert ${NODE_EXTRA_CA_CERTS}`,
    ...toLines({ CURL_CA_BUNDLE }),
    "",
  ];
}

function toLines(variables: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}

function summarize({ name, organization, permissions }: Persona): string {
  const held = permissions.length > 0 ? permissions.join(" ") : "no permissions";
  return [name, organization, held].filter((part) => part !== undefined).join(", ");
}
