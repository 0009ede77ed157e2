// `gatewarden explain`: what is wrong with a token or a pasted request. Sends it nowhere, and
// prints only its claims.
import {
  all,
  ConfigError,
  createGuard,
  type Finding,
  type LastArgument,
  permission,
  type Requirement,
  role,
  scope,
} from "../index.js";
import { globalFetch } from "../platform/fetch.js";
import { toFaultFindings } from "./doctor/checks/tenant-check.js";
import { formatFindings } from "./findings.js";
import { toHelp } from "./flag-help.js";
import { commands, flags } from "./flags.js";
import { openGuard, refuseBesideConfig, toGuardOptions } from "./guard-flags.js";
import { loadEnvFile, loadEnvironment } from "./load-environment.js";
import { findLocalTenant, type LocalTenant, loadTenant } from "./local-tenant.js";
import { parseFlags, UsageError } from "./parse-flags.js";
import { readPasted } from "./pasted.js";
import { toPrintableStreams } from "./printable.js";
import type { CliStreams } from "./streams.js";
import { parseTimeout } from "./timeout.js";
import { explainUnconfigured, isUnconfigured } from "./unconfigured.js";

/** Runs the command. Resolves to the exit code. */
export async function runExplain(args: readonly string[], unsafe: CliStreams): Promise<number> {
  const streams = toPrintableStreams(unsafe);
  const isJson = args.includes("--json");
  try {
    const { values, operands } = parseFlags({ flags, commands, command: "explain", args });
    if (values.help) return print(toHelp(commands[0], flags), 0, streams);
    const [operand = ""] = operands;
    const text = operand === "-" ? await streams.input() : operand;
    refuseBesideConfig(values, "explain");
    const place = {
      env: streams.env ?? loadEnvironment(),
      cwd: process.cwd(),
      timeout: parseTimeout(values.timeout, "explain"),
    };
    if (values.config !== undefined && streams.env === undefined) loadEnvFile();
    const { config, issuer, audience } = values;
    const isBare = isUnconfigured([config, issuer, audience], place.env);
    const found = isBare ? await findLocalTenant(place.cwd, globalFetch) : undefined;
    if (isBare && found === undefined) return await tellUnconfigured(text, isJson, streams);
    const guard = found
      ? createGuard({ ...toGuardOptions(values, place.env), issuer: found.issuer, audience: found.audiences })
      : await openGuard(values, place);
    const tenant = found ?? (await loadTenant(guard.issuers[0] ?? "", globalFetch));
    const findings: readonly Finding<string>[] = [
      ...(tenant ? toFaultFindings(tenant) : []),
      ...(found ? [toTenantFinding(found)] : []),
      ...(await guard.explain(readPasted(text), ...toRequirement(values))),
    ];
    return print(write(findings, isJson), findings.some(({ severity }) => severity === "error") ? 1 : 0, streams);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof UsageError || error instanceof TypeError)) throw error;
    streams.error(`${error.message}\n`);
    if (isJson && error instanceof ConfigError) streams.out(write([toConfigFinding(error)], isJson));
    return 2;
  }
}

/** Where nothing is configured, the token is meant for the tenant that runs here. */
function toTenantFinding({ issuer, audiences }: LocalTenant): Finding<"local_tenant"> {
  const message = `No issuer is configured, so the token is checked for the local tenant that runs here: issuer ${issuer}, audience ${audiences.join(" or ")}.`;
  const fix = "For another issuer give --issuer and --audience, or the variables that the API starts with.";
  return { code: "local_tenant", severity: "info", message, fix };
}

/**
 * Without a configuration the exit code is never 0, but whatever can be determined is still
 * explained.
 */
async function tellUnconfigured(text: string, isJson: boolean, streams: CliStreams): Promise<number> {
  const missing = {
    code: "configuration",
    severity: "error",
    message:
      "AUTH0_DOMAIN is not set, nor are ISSUER_BASE_URL, AUTH0_AUDIENCE and AUDIENCE: no issuer, audience or signature is checked.",
    fix: "Give --issuer and --audience, --config ./guard.mjs, or the variables that the API starts with.",
  } as const;
  // As text, it already is the first of the findings.
  if (isJson) streams.error(`${missing.message}\n`);
  return print(write([missing, ...(await explainUnconfigured(readPasted(text)))], isJson), 2, streams);
}

type AskedGrants = Readonly<Record<"permission" | "scope" | "role", readonly string[] | undefined>>;

function toRequirement({
  permission: permissions,
  scope: scopes,
  role: roles,
}: AskedGrants): LastArgument<Requirement> {
  const parts = [permissions && permission(...permissions), scopes && scope(...scopes), roles && role(...roles)];
  const asked = parts.filter((part) => part !== undefined);
  return asked.length === 0 ? [] : [all(...asked)];
}

function toConfigFinding({ option, problem, example }: ConfigError): Finding<"configuration"> {
  return { code: "configuration", severity: "error", message: `${option} ${problem}.`, fix: `For example: ${example}` };
}

function write(findings: readonly Finding<string>[], isJson: boolean): string {
  return isJson ? `${JSON.stringify(findings, null, 2)}\n` : formatFindings(findings);
}

function print(text: string, code: number, { out }: CliStreams): number {
  out(text);
  return code;
}
