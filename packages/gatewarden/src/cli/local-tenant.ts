// The local tenant (`gatewarden dev`) as commands see it: where one runs, whom it serves, and which
// faults are on. Only a tenant of this machine is asked.
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { isLoopback } from "../issuer/url.js";
import { fetchJson } from "../keys/fetch-json.js";
import type { Fetch } from "../platform/fetch.js";
import { isObject, type JsonObject, member, readJsonObject } from "../token/json.js";

/** A running tenant, by its own description. */
export interface LocalTenant {
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** The names of the faults that are on. */
  readonly faults: readonly string[];
}

/** Seconds. A tenant of this machine answers at once, or does not run. */
const patience = 2;

/**
 * The tenant that was started in this folder or in one above it, as `.gatewarden/tenant.json` says.
 * Undefined where none runs.
 */
export async function findLocalTenant(folder: string, fetch: Fetch): Promise<LocalTenant | undefined> {
  const issuer = await readRecord(join(folder, ".gatewarden", "tenant.json"));
  if (issuer !== undefined) return loadTenant(issuer, fetch);
  const parent = dirname(resolve(folder));
  return parent === resolve(folder) ? undefined : findLocalTenant(parent, fetch);
}

/** The tenant at an address. Undefined for another machine, and where no tenant answers. */
export async function loadTenant(issuer: string, fetch: Fetch): Promise<LocalTenant | undefined> {
  if (!mayBeLocal(issuer)) return undefined;
  const description = await createAsk({ issuer }, fetch)("GET", "/dev");
  if (description === undefined || member(description, "issuer") !== issuer) return undefined;
  const faults = toArray(member(description, "faults")).flatMap((one) => (isObject(one) ? [member(one, "name")] : []));
  return { issuer, audiences: toArray(member(description, "audiences")).filter(isText), faults: faults.filter(isText) };
}

/** A fault that one token can have. */
export interface TokenFault {
  readonly name: string;
  readonly description: string;
}

/** A request below a tenant's `/dev`. Returns its JSON, or undefined for any failure. */
export type AskTenant = (
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: unknown,
) => Promise<JsonObject | undefined>;

/** Asks one tenant. */
export function createAsk({ issuer }: Pick<LocalTenant, "issuer">, fetch: Fetch): AskTenant {
  return async (method, path, body) => {
    const headers = { accept: "application/json", ...(body !== undefined && { "content-type": "application/json" }) };
    const send: Fetch = (url, init) =>
      fetch(url, { ...init, method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const answer = await fetchJson(new URL(path, issuer).href, { fetch: send, timeout: patience }).catch(
      () => undefined,
    );
    return isObject(answer?.document) ? answer.document : undefined;
  };
}

/** All faults that a token of the tenant can have. */
export async function loadTokenFaults(ask: AskTenant): Promise<readonly TokenFault[]> {
  const answer = await ask("GET", "/dev/faults");
  return toArray(answer && member(answer, "faults")).flatMap((fault) => {
    if (!isObject(fault) || member(fault, "kind") !== "token") return [];
    const [name, description] = [member(fault, "name"), member(fault, "description")];
    return isText(name) && isText(description) ? [{ name, description }] : [];
  });
}

/** Whether the issuer is on this machine, as a local tenant is. */
export function mayBeLocal(issuer: string): boolean {
  return URL.canParse(issuer) && isLoopback(new URL(issuer).hostname);
}

async function readRecord(file: string): Promise<string | undefined> {
  const record = await readFile(file, "utf8").then(readJsonObject, () => undefined);
  const issuer = record && member(record, "issuer");
  return isText(issuer) ? issuer : undefined;
}

function toArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
