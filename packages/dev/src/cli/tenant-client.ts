// How commands call the running tenant.
import { readFile } from "node:fs/promises";
import { toPrintable, UsageError } from "gatewarden/terminal";
import { z } from "zod";
import { defaultPort } from "../config/defaults.js";
import { readCode } from "../error-code.js";
import { TenantError } from "../errors.js";
import { isLoopbackUrl } from "../loopback.js";
import { findRunningTenant, type RunningTenant } from "../state-file.js";
import { type Answer, sendTo } from "./send-to.js";

const errorAnswer = z.object({ error_description: z.string() });

/** A tenant to call. */
export interface FoundTenant extends RunningTenant {
  /** Where its address comes from: `--issuer`, the record of a directory, or none of them. */
  readonly source: "flag" | "record" | "default";
}

/**
 * The tenant to call: the named one, else the one started in this directory, else the default
 * address. The certificate authority of the directory counts for its own tenant alone. Throws a
 * `UsageError` for an address that cannot be one, and a {@link TenantError} for a record that leads
 * to another machine: it came with the directory, and not from a tenant of this one (CWE-441).
 */
export async function findTenant(named: string | undefined, directory: string): Promise<FoundTenant> {
  const running = await findRunningTenant(directory);
  if (named !== undefined) {
    const { origin } = new URL(requireAddress(named));
    const isOwn = running !== undefined && isLoopbackUrl(running.issuer) && origin === new URL(running.issuer).origin;
    return { issuer: named, ca: isOwn ? running.ca : undefined, source: "flag" };
  }
  if (running === undefined) return { issuer: `http://127.0.0.1:${defaultPort}/`, source: "default" };
  const { ca, file, issuer } = running;
  if (isLoopbackUrl(issuer)) return { issuer, ca, source: "record" };
  const advice = "Delete the file, or name a tenant with --issuer.";
  throw new TenantError("no_tenant", `${file} names ${issuer}, which is not on this machine. ${advice}`);
}

function requireAddress(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError(`--issuer is ${JSON.stringify(text)}, but must be a URL. Example: http://127.0.0.1:4400/`);
}

export interface TenantCall<Content> {
  readonly tenant: FoundTenant;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  /** The schema of the tenant's answer. */
  readonly answer: z.ZodType<Content>;
}

/**
 * Calls a tenant. Throws a {@link TenantError} with its reason when it refuses, and when no tenant
 * is running.
 */
export async function callTenant<Content>(call: TenantCall<Content>): Promise<Content> {
  const { isOk, status, text } = await send(call);
  const content = parseContent(text);
  const answer = call.answer.safeParse(content);
  if (isOk && answer.success) return answer.data;
  const error = errorAnswer.safeParse(content);
  if (!error.success) throw toStranger(call.tenant, `It answered with status ${status}.`);
  throw new TenantError("invalid_request", toPrintable(error.data.error_description));
}

/** The error about a server that is not a tenant. */
export function toStranger({ issuer }: RunningTenant, observation: string): TenantError {
  return new TenantError("invalid_request", `${issuer} is not a local tenant. ${observation} ${start}`);
}

function parseContent(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function send({ tenant, method, path, body }: TenantCall<unknown>): Promise<Answer> {
  const url = new URL(path, tenant.issuer);
  const ca = await loadAuthority(tenant);
  try {
    return await sendTo(url, { method, ca, content: body === undefined ? undefined : JSON.stringify(body) });
  } catch (cause) {
    throw toNoTenant(tenant, cause);
  }
}

/** The certificate of its authority, in PEM. */
export async function loadAuthority({ ca }: RunningTenant): Promise<string | undefined> {
  // Without the file, the certificate is unknown, as the message then says.
  return ca === undefined ? undefined : readFile(ca, "utf8").catch(() => undefined);
}

const start = "Start one with: npx gatewarden dev";

/** The message says what to do: start a tenant, look elsewhere, or trust the one that answers. */
export function toNoTenant({ issuer, source }: FoundTenant, cause: unknown): TenantError {
  const address = `${new URL(issuer).origin}/`;
  const code = readCode(cause);
  if (/CERT|SIGNATURE|ISSUER/.test(code)) {
    const advice = "Run this where it was started, or name its ca.pem in NODE_EXTRA_CA_CERTS.";
    return new TenantError("no_tenant", `The certificate of ${address} is not trusted (${code}). ${advice}`, { cause });
  }
  const said = {
    flag: `No local tenant answers at ${address}.`,
    record: `The local tenant of this folder, ${address}, does not answer any more.`,
    default: `No local tenant was started in this folder, and none answers at ${address}.`,
  };
  const elsewhere = source === "default" ? ", or name one with --issuer" : "";
  return new TenantError("no_tenant", `${said[source]} ${start}${elsewhere}`, { cause });
}
