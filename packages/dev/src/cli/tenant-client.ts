// How commands call the running tenant.

import { toPrintable, UsageError } from "gatewarden/terminal";
import { z } from "zod";
import { defaultPort } from "../config/defaults.js";
import { TenantError } from "../errors.js";
import { findRunningIssuer } from "../state-file.js";

const errorAnswer = z.object({ error_description: z.string() });

/**
 * The tenant to call: the named one, else the one started in this directory, else the default
 * address.
 */
export async function findTenant(named: string | undefined, directory: string): Promise<string> {
  const issuer = named ?? (await findRunningIssuer(directory)) ?? `http://127.0.0.1:${defaultPort}/`;
  if (URL.canParse(issuer)) return issuer;
  throw new UsageError(`--issuer is ${JSON.stringify(issuer)}, but must be a URL. Example: http://127.0.0.1:4400/`);
}

export interface TenantCall<Answer> {
  readonly issuer: string;
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  /** The schema of the tenant's answer. */
  readonly answer: z.ZodType<Answer>;
}

/**
 * Calls a tenant. Throws a {@link TenantError} with its reason when it refuses, and when no tenant
 * is running.
 */
export async function callTenant<Answer>(call: TenantCall<Answer>): Promise<Answer> {
  const response = await send(call);
  const content: unknown = await response.json().catch(() => undefined);
  const answer = call.answer.safeParse(content);
  if (response.ok && answer.success) return answer.data;
  const error = errorAnswer.safeParse(content);
  const reason = error.success ? error.data.error_description : `It answered with status ${response.status}.`;
  throw new TenantError(
    "invalid_request",
    error.success ? toPrintable(reason) : `${call.issuer} is not a local tenant. ${reason}`,
  );
}

async function send({ issuer, method, path, body }: TenantCall<unknown>): Promise<Response> {
  const url = new URL(path, issuer);
  try {
    return await fetch(url, {
      method,
      ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
  } catch (cause) {
    const advice = "Start one with: npx gatewarden dev";
    throw new TenantError("no_tenant", `No local tenant answers at ${url.origin}/. ${advice}`, { cause });
  }
}
