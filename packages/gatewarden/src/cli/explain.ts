// `gatewarden explain`: what is wrong with a token or a pasted request. Sends it nowhere, and prints no part of it but claims.
import { parseArgs } from "node:util";
import {
  all,
  ConfigError,
  createGuard,
  type Finding,
  type LastArgument,
  permission,
  type Requirement,
  scope,
} from "../index.js";
import { readEnvironment } from "./env-file.js";
import { formatFindings } from "./findings.js";
import { readPasted } from "./pasted.js";
import { toPrintableStreams } from "./printable.js";
import type { CliStreams } from "./streams.js";

const help = `gatewarden explain <token | request | ->   everything that is wrong with it; "-" reads standard input

  Takes a token, an "Authorization: …" line, a curl command, or an HTTP request as text. Checks it against AUTH0_DOMAIN and
  AUTH0_AUDIENCE, or ISSUER_BASE_URL and AUDIENCE, of the environment or .env. Keys come from that issuer; the token goes nowhere.

  --issuer <url>        the exact issuer, as createGuard gets it, instead of the environment's
  --audience <name>     the audience, instead of the environment's
  --permission <name>   would an endpoint with permission("<name>") accept it? May be repeated
  --scope <name>        the same for scope("<name>")
  --dpop                the API takes DPoP-bound tokens: check the proof as well
  --json                findings as JSON: [{ code, severity, message, fix, expected?, actual? }]

  Ends with 0 if the API would accept it, 1 if not, 2 if the command or the configuration cannot be right.
`;

const options = {
  json: { type: "boolean" },
  issuer: { type: "string" },
  audience: { type: "string" },
  permission: { type: "string", multiple: true },
  scope: { type: "string", multiple: true },
  dpop: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Runs the command. Resolves to the exit code. */
export async function explain(args: readonly string[], unsafe: CliStreams): Promise<number> {
  const streams = toPrintableStreams(unsafe);
  const isJson = args.includes("--json");
  try {
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help) return print(help, 0, streams);
    const text = await readText(positionals, streams.input);
    if (text === undefined) {
      streams.error('Give one token, or "-" to read it from standard input.\n');
      return 2;
    }
    const { issuer, audience, dpop } = values;
    const guard = createGuard({
      env: streams.env ?? readEnvironment(),
      ...(issuer !== undefined && { issuer }),
      ...(audience !== undefined && { audience }),
      ...(dpop && { dpop: { mode: "allowed" } }),
    });
    const findings = await guard.explain(readPasted(text), ...toRequirement(values.permission, values.scope));
    return print(write(findings, isJson), findings.some(({ severity }) => severity === "error") ? 1 : 0, streams);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof TypeError)) throw error;
    streams.error(`${error.message}\n`);
    if (isJson && error instanceof ConfigError) streams.out(write([toConfigFinding(error)], isJson));
    return 2;
  }
}

/** The text from the command line or, for "-", from standard input; undefined when there is not exactly one. */
async function readText(positionals: readonly string[], input: () => Promise<string>): Promise<string | undefined> {
  const [first, second] = positionals;
  if (first === undefined || second !== undefined) return undefined;
  return first === "-" ? input() : first;
}

function toRequirement(permissions: readonly string[] = [], scopes: readonly string[] = []): LastArgument<Requirement> {
  const parts: Requirement[] = [];
  if (permissions.length > 0) parts.push(permission(...permissions));
  if (scopes.length > 0) parts.push(scope(...scopes));
  return parts.length === 0 ? [] : [all(...parts)];
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
