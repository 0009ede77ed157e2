// `gatewarden token`: prints a token of the running tenant, and nothing else, on standard output.
import { z } from "zod";
import { defaultPort } from "../config/defaults.js";
import { TenantError } from "../errors.js";
import { findRunningIssuer } from "../state-file.js";
import { checkTokenRequest, type TokenRequest } from "../token-request.js";
import { type CliIo, parseOptions, parseWholeNumber, UsageError } from "./io.js";

const help = `Usage: gatewarden token [options]

Prints an access token of the running local tenant. In a shell: curl -H "Authorization: Bearer $(npx gatewarden token)" …

Options:
  --as <persona>         Who the token is for (default: the first persona)
  --client <id>          The application; without --as, one with client credentials gets a machine token
  --audience <api>       The API (default: the tenant's first)
  --permission <name>    Give exactly these permissions (repeatable; an empty value gives none)
  --scope <scopes>       Space-separated scopes
  --expires-in <sec>     Lifetime in seconds
  --claim <name=json>    Add a claim (repeatable); a value that is not JSON is taken as text
  --opaque               No audience, so an opaque token
  --issuer <url>         The tenant (default: the one started here, else http://127.0.0.1:4400/)
  --help                 Show this text
`;

const options = {
  as: { type: "string" },
  client: { type: "string" },
  audience: { type: "string" },
  permission: { type: "string", multiple: true },
  scope: { type: "string" },
  "expires-in": { type: "string" },
  claim: { type: "string", multiple: true },
  opaque: { type: "boolean" },
  issuer: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

const tokenAnswer = z.object({ access_token: z.string() });
const errorAnswer = z.object({ error_description: z.string() });

export async function runToken(args: readonly string[], io: CliIo): Promise<number> {
  const values = parseOptions("token", args, options);
  if (values.help === true) {
    io.stdout(help);
    return 0;
  }
  const request = checkTokenRequest({
    as: values.as,
    client: values.client,
    audience: values.opaque === true ? null : values.audience,
    permissions: values.permission?.filter(Boolean),
    scope: values.scope,
    expiresIn: parseWholeNumber("expires-in", values["expires-in"]),
    claims: parseClaims(values.claim),
  });
  const issuer = values.issuer ?? (await findRunningIssuer(io.cwd)) ?? `http://127.0.0.1:${defaultPort}/`;
  io.stdout(`${await fetchToken(issuer, request)}\n`);
  return 0;
}

async function fetchToken(issuer: string, request: TokenRequest): Promise<string> {
  if (!URL.canParse(issuer)) {
    throw new UsageError(`--issuer is ${JSON.stringify(issuer)}, but must be a URL. Example: http://127.0.0.1:4400/`);
  }
  const response = await post(new URL("/dev/token", issuer), request);
  const answer: unknown = await response.json().catch(() => undefined);
  const token = tokenAnswer.safeParse(answer);
  if (response.ok && token.success) return token.data.access_token;
  const error = errorAnswer.safeParse(answer);
  const reason = error.success ? error.data.error_description : `It answered with status ${response.status}.`;
  throw new TenantError("invalid_request", error.success ? reason : `${issuer} is not a local tenant. ${reason}`);
}

async function post(url: URL, request: TokenRequest): Promise<Response> {
  try {
    return await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(10_000),
    });
  } catch (cause) {
    const advice = "Start one with: npx gatewarden dev";
    throw new TenantError("no_tenant", `No local tenant answers at ${url.origin}/. ${advice}`, { cause });
  }
}

function parseClaims(claims: readonly string[] | undefined): Record<string, unknown> | undefined {
  return claims === undefined ? undefined : Object.fromEntries(claims.map(parseClaim));
}

function parseClaim(claim: string): [string, unknown] {
  const separator = claim.indexOf("=");
  if (separator < 1) {
    throw new UsageError(`--claim is ${JSON.stringify(claim)}, but must be name=value. Example: --claim plan='"pro"'`);
  }
  const text = claim.slice(separator + 1);
  try {
    return [claim.slice(0, separator), JSON.parse(text)];
  } catch {
    return [claim.slice(0, separator), text];
  }
}
