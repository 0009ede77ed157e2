// Trust in the certificate authority of the local tenant that runs here (`gatewarden dev --https`):
// for that tenant's own address, and for nothing else.
import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { isLoopback } from "../issuer/url.js";
import { member, readJsonObject } from "../token/json.js";

/** A local tenant with https. */
export interface TenantTrust {
  /** The only address that the authority counts for. */
  readonly origin: string;
  /** The authority's certificate in PEM. */
  readonly ca: string;
  /** Where it is, for the API's own environment. */
  readonly file: string;
}

/**
 * The authority of the tenant in this folder or in one above it. Undefined without https, and for
 * an address that is not of this machine.
 */
export async function findTenantTrust(folder: string): Promise<TenantTrust | undefined> {
  const record = await readFile(join(folder, ".gatewarden", "tenant.json"), "utf8").then(
    readJsonObject,
    () => undefined,
  );
  if (record !== undefined) return toTrust(member(record, "issuer"), member(record, "ca"));
  const parent = dirname(resolve(folder));
  return parent === resolve(folder) ? undefined : findTenantTrust(parent);
}

async function toTrust(issuer: unknown, file: unknown): Promise<TenantTrust | undefined> {
  if (typeof issuer !== "string" || typeof file !== "string" || !URL.canParse(issuer)) return undefined;
  const { hostname, origin, protocol } = new URL(issuer);
  if (protocol !== "https:" || !isLoopback(hostname)) return undefined;
  const ca = await readFile(file, "utf8").catch(() => undefined);
  return ca === undefined ? undefined : { origin, ca, file };
}

/** Runs a task whose `fetch` trusts the tenant of the folder. */
export async function withTenantTrust<Result>(folder: string, run: () => Promise<Result>): Promise<Result> {
  const trust = await findTenantTrust(folder);
  if (trust === undefined) return run();
  const { fetch } = globalThis;
  const trusting: typeof globalThis.fetch = (input, init) => {
    const isTenant = !(input instanceof Request) && new URL(input).origin === trust.origin;
    return isTenant ? send(new URL(input), init ?? {}, trust) : fetch(input, init);
  };
  globalThis.fetch = trusting;
  try {
    return await run();
  } finally {
    if (globalThis.fetch === trusting) globalThis.fetch = fetch;
  }
}

/** `fetch` takes no certificate authority. Redirects are not followed, as the library asks. */
function send(
  url: URL,
  { body, headers, method = "GET", signal }: RequestInit,
  { ca }: TenantTrust,
): Promise<Response> {
  const sent = Object.fromEntries(new Headers(headers));
  return new Promise((done, fail) => {
    const options = { method, headers: sent, ca, agent: false, ...(signal && { signal }) };
    const outgoing = request(url, options, (answer) => {
      const { statusCode = 502, headersDistinct } = answer;
      const received = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      );
      const isEmpty = statusCode === 204 || statusCode === 304;
      if (isEmpty) answer.resume();
      const content = isEmpty ? null : (Readable.toWeb(answer) as ReadableStream);
      done(new Response(content, { status: statusCode, headers: received }));
    });
    // As `fetch` reports it: doctor reads the cause.
    outgoing.on("error", (cause) => fail(new TypeError("fetch failed", { cause })));
    outgoing.end(typeof body === "string" ? body : undefined);
  });
}
