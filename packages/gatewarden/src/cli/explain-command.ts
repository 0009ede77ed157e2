// `gatewarden explain`: what is wrong with a token or a pasted request. Sends it nowhere, and
// prints only its claims.
import {
  all,
  ConfigError,
  createGuard,
  type Finding,
  type GuardRequest,
  type LastArgument,
  permission,
  type Requirement,
  role,
  scope,
} from "../index.js";
import { globalFetch } from "../platform/fetch.js";
import { toFaultFindings } from "./doctor/checks/tenant-check.js";
import { drawToken } from "./draw-token.js";
import { formatFindings } from "./findings.js";
import { commands, flags } from "./flags.js";
import { openGuard, refuseBesideConfig, toGuardOptions } from "./guard-flags.js";
import { type LinkedFinding, linkReasons } from "./links.js";
import { loadEnvFile, loadEnvironment } from "./load-environment.js";
import { findLocalTenant, type LocalTenant, loadTenant } from "./local-tenant.js";
import { readPasted } from "./pasted.js";
import { readPastedToken } from "./pasted-token.js";
import type { CliStreams } from "./streams.js";
import { printHelp } from "./terminal/flag-help.js";
import { parseFlags, UsageError } from "./terminal/parse-flags.js";
import type { Screen } from "./terminal/screen.js";
import { parseTimeout } from "./timeout.js";
import { explainUnconfigured, isUnconfigured } from "./unconfigured.js";

/** Runs the command. Resolves to the exit code. */
export async function runExplain(args: readonly string[], streams: CliStreams, screen: Screen): Promise<number> {
  const isJson = args.includes("--json");
  try {
    const { values, operands } = parseFlags({ flags, commands, command: "explain", args });
    if (values.help) {
      printHelp(screen, commands[0], flags);
      return 0;
    }
    const [operand = ""] = operands;
    const presented = readPasted(operand === "-" ? await streams.input() : operand);
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
    const report: Report = { presented, env: place.env, isJson, screen };
    if (isBare && found === undefined) return await tellUnconfigured(report);
    screen.progress.show("asking the issuer for its keys");
    const guard = found
      ? createGuard({ ...toGuardOptions(values, place.env), issuer: found.issuer, audience: found.audiences })
      : await openGuard(values, place);
    const tenant = found ?? (await loadTenant(guard.issuers[0] ?? "", globalFetch));
    const findings: readonly Finding<string>[] = [
      ...(tenant ? toFaultFindings(tenant) : []),
      ...(found ? [toTenantFinding(found)] : []),
      ...(await guard.explain(presented, ...toRequirement(values))),
    ];
    screen.progress.clear();
    print(findings, report);
    return findings.some(({ severity }) => severity === "error") ? 1 : 0;
  } catch (error) {
    screen.progress.clear();
    if (!(error instanceof ConfigError || error instanceof UsageError || error instanceof TypeError)) throw error;
    screen.fail(error.message);
    if (isJson && error instanceof ConfigError) screen.out(toJson([toConfigFinding(error)]));
    return 2;
  }
}

/** What findings are about, and how they are printed. */
interface Report {
  readonly presented: string | GuardRequest;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isJson: boolean;
  readonly screen: Screen;
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
async function tellUnconfigured(report: Report): Promise<number> {
  const missing = {
    code: "configuration",
    severity: "error",
    message:
      "AUTH0_DOMAIN is not set, nor are ISSUER_BASE_URL, AUTH0_AUDIENCE and AUDIENCE: no issuer, audience or signature is checked.",
    fix: "Give --issuer and --audience, --config ./guard.mjs, or the variables that the API starts with.",
  } as const;
  // As text, it already is the first of the findings.
  if (report.isJson) report.screen.fail(missing.message);
  print([missing, ...(await explainUnconfigured(report.presented))], report);
  return 2;
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

function print(findings: readonly Finding<string>[], { presented, env, isJson, screen }: Report): void {
  const linked = linkReasons(findings, env);
  if (isJson) {
    screen.out(toJson(linked));
    return;
  }
  if (!screen.isQuiet) screen.out(...drawToken(readPastedToken(presented), findings, screen));
  const shown = screen.isQuiet ? linked.filter(({ severity }) => severity !== "info") : linked;
  screen.out(...formatFindings(shown, screen.width));
}

function toJson(findings: readonly LinkedFinding[]): string {
  return `${JSON.stringify(findings, null, 2)}\n`;
}
