// `gatewarden token`: prints a token of the running tenant, and nothing else, on standard output.
import { z } from "zod";
import { checkTokenRequest } from "../token-request.js";
import { parseFaultArgument } from "./fault-argument.js";
import { type CliIo, parseOptions, parseWholeNumber, UsageError } from "./io.js";
import { callTenant, findTenant } from "./tenant-client.js";

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
  --fault <name>         Something wrong with this one token, such as expired or expired:seconds=60 (see gatewarden faults)
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
  fault: { type: "string" },
  issuer: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** A token is one word (RFC 6750 §2.1): what is printed may go straight into another command. */
const answer = z.object({ access_token: z.string().regex(/^[\x21-\x7e]+$/) });

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
    fault: values.fault === undefined ? undefined : parseFaultArgument(values.fault),
  });
  const issuer = await findTenant(values.issuer, io.cwd);
  const { access_token } = await callTenant({ issuer, method: "POST", path: "/dev/token", body: request, answer });
  io.stdout(`${access_token}\n`);
  return 0;
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
