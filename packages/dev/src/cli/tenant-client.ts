// How commands call the running tenant.
import { readFile } from "node:fs/promises";
import { toPrintable, UsageError } from "gatewarden/terminal";
import { z } from "zod";
import { defaultPort } from "../config/defaults.js";
import { TenantError } from "../errors.js";
import { findRunningTenant, type RunningTenant } from "../state-file.js";
import { type Answer, sendTo } from "./send-to.js";

const errorAnswer = z.object({ error_description: z.string() });

/**
 * The tenant to call: the named one, else the one started in this directory, else the default
 * address. The certificate authority of the directory counts for its own tenant alone.
 */
export async function findTenant(named: string | undefined, directory: string): Promise<RunningTenant> {
  const running = await findRunningTenant(directory);
  const issuer = named ?? running?.issuer ?? `http://127.0.0.1:${defaultPort}/`;
  if (!URL.canParse(issuer)) {
    throw new UsageError(`--issuer is ${JSON.stringify(issuer)}, but must be a URL. Example: http://127.0.0.1:4400/`);
  }
  const isOwn = running !== undefined && new URL(issuer).origin === new URL(running.issuer).origin;
  return { issuer, ca: isOwn ? running.ca : undefined };
}

export interface TenantCall<Content> {
  readonly tenant: RunningTenant;
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
  const reason = error.success ? error.data.error_description : `It answered with status ${status}.`;
  throw new TenantError(
    "invalid_request",
    error.success ? toPrintable(reason) : `${call.tenant.issuer} is not a local tenant. ${reason}`,
  );
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
  // Without the file, the certificate is unknown, as the message then says.
  const ca = tenant.ca === undefined ? undefined : await readFile(tenant.ca, "utf8").catch(() => undefined);
  try {
    return await sendTo(url, { method, ca, content: body === undefined ? undefined : JSON.stringify(body) });
  } catch (cause) {
    throw toNoTenant(url, cause);
  }
}

/** The message says what to do: start a tenant, or trust the one that answers. */
export function toNoTenant(url: URL, cause: unknown): TenantError {
  const code = readCode(cause);
  if (!/CERT|SIGNATURE|ISSUER/.test(code)) {
    const advice = "Start one with: npx gatewarden dev";
    return new TenantError("no_tenant", `No local tenant answers at ${url.origin}/. ${advice}`, { cause });
  }
  const advice = "Run this where it was started, or name its ca.pem in NODE_EXTRA_CA_CERTS.";
  return new TenantError("no_tenant", `The certificate of ${url.origin}/ is not trusted (${code}). ${advice}`, {
    cause,
  });
}

/** The code of an error, or of what caused it, as `fetch` reports it. */
function readCode(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return "code" in error && typeof error.code === "string" ? error.code : readCode(error.cause);
}
