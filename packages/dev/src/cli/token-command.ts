// `gatewarden token`: prints only a token of the running tenant on standard output.

import { parseFlags, UsageError } from "gatewarden/terminal";
import { decodeJwt } from "jose";
import { z } from "zod";
import { TenantError } from "../errors.js";
import { parseTokenInput } from "../token-request.js";
import { parseFaultArgument } from "./fault-argument.js";
import { faultsAnswer, formatOn } from "./faults-command.js";
import { commands, flags } from "./flags.js";
import { type CliIo, parseWholeNumber, toJsonLine } from "./io.js";
import { callTenant, type FoundTenant, findTenant } from "./tenant-client.js";

/** A token is one word (RFC 6750 §2.1), so the output is safe to pass to another command. */
const answer = z.looseObject({ access_token: z.string().regex(/^[\x21-\x7e]+$/), expires_in: z.int().nonnegative() });

export async function runToken(args: readonly string[], io: CliIo): Promise<number> {
  const { values } = parseFlags({ flags, commands, command: "token", args });
  const request = parseInput({
    as: values.as,
    client: values.client,
    audience: values.opaque ? null : values.audience,
    permissions: values.permission?.filter(Boolean),
    scope: values.scope,
    expiresIn: parseWholeNumber("expires-in", values["expires-in"], "60"),
    claims: parseClaims(values.claim),
    fault: values.fault === undefined ? undefined : parseFaultArgument(values.fault),
  });
  const tenant = await findTenant(values.issuer, io.cwd);
  if (!values.quiet) await warnOfFaults(tenant, io);
  const issued = await callTenant({ tenant, method: "POST", path: "/dev/token", body: request, answer });
  io.stdout(values.json ? toJsonLine(toDocument(issued)) : `${issued.access_token}\n`);
  return 0;
}

/** For programs: when it expires is what a cache of tokens needs to know. */
function toDocument({ access_token: token, ...others }: z.infer<typeof answer>) {
  return { token, expiresAt: findExpiry(token) ?? toDate(Date.now() / 1000 + others.expires_in), ...others };
}

/** From the token itself, which a fault may have made expire earlier. Undefined for an opaque one. */
function findExpiry(token: string): string | null | undefined {
  try {
    const { exp } = decodeJwt(token);
    return exp === undefined ? null : toDate(exp);
  } catch {
    return undefined;
  }
}

/** Null for a number that is not a time. */
function toDate(seconds: number): string | null {
  const date = new Date(Math.floor(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** A token that was made wrong on purpose must not surprise. Standard output holds the token alone. */
async function warnOfFaults(tenant: FoundTenant, io: CliIo): Promise<void> {
  const call = { tenant, method: "GET", path: "/dev/faults", answer: faultsAnswer } as const;
  // A warning is worth no failure: what is wrong with the tenant, the request for the token says.
  const { on } = await callTenant(call).catch(() => ({ on: [] }));
  if (on.length > 0) io.stderr(`${formatOn(on)}Switch them off: npx gatewarden faults --reset\n`);
}

/** The flags say what is wanted, so what is wrong with it is wrong with the command line. */
function parseInput(input: unknown): ReturnType<typeof parseTokenInput> {
  try {
    return parseTokenInput(input);
  } catch (error) {
    throw error instanceof TenantError
      ? new UsageError(error.message.replaceAll(/\bexpiresIn\b/g, "--expires-in"))
      : error;
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
