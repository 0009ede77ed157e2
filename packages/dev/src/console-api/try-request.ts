// Sends one request to an API that the console knows, and returns the whole answer. A page could
// not: the API may allow no other origin, and a browser hides the challenge.
import { z } from "zod";
import { toComplaint } from "../config/complaint.js";
import { readCode } from "../error-code.js";
import { TenantError } from "../errors.js";
import type { OnlineApis } from "./online-apis.js";

const patience = 10_000;
const maxBytes = 1024 * 1024;

/** What an API answered. */
export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** Whether the body was longer than 1 MiB. */
  readonly isCut: boolean;
  readonly milliseconds: number;
}

/** The API gave no answer. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

const schema = z.strictObject({
  url: z.string().max(4000).refine(URL.canParse, "must be the address of the request"),
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
});
const examples = { url: '"http://127.0.0.1:3000/api"', method: '"GET"', headers: '{"accept": "*/*"}' };

/** Throws a {@link TenantError} for a request that cannot be sent, or {@link NoAnswer}. */
export async function tryRequest(input: unknown, apis: OnlineApis): Promise<Answer> {
  const result = schema.safeParse(input);
  if (!result.success) {
    const wording = { whole: "the request", examples };
    const complaints = result.error.issues.map((issue) => toComplaint(issue, input, wording));
    throw new TenantError("invalid_request", complaints.join(" "));
  }
  const { headers = {}, method = "GET", body } = result.data;
  const url = new URL(result.data.url);
  if (!apis.has(url)) {
    const fix = `PUT /dev/apis {"url": ${JSON.stringify(url.origin)}}`;
    throw new TenantError("invalid_request", `No API at ${url.origin} is known. Tell the tenant with: ${fix}`);
  }
  const began = performance.now();
  const response = await send(url, { method, headers: toHeaders(headers), body: body ?? null });
  const text = await loadText(response);
  return {
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
    ...text,
    milliseconds: Math.round(performance.now() - began),
  };
}

function toHeaders(headers: Readonly<Record<string, string>>): Headers {
  try {
    return new Headers(headers);
  } catch (cause) {
    throw new TenantError("invalid_request", "A name or a value in `headers` is not valid in HTTP.", { cause });
  }
}

/** A redirect is shown and not followed: it could lead to another machine (CWE-918). */
async function send(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(patience) });
  } catch (error) {
    if (error instanceof TypeError && error.cause === undefined) {
      throw new TenantError("invalid_request", `The request cannot be sent: ${error.message}.`, { cause: error });
    }
    throw new NoAnswer(describeFailure(url.origin, error), { cause: error });
  }
}

/** What one can do differs: start it, wait, or name another address. */
function describeFailure(origin: string, error: unknown): string {
  const code = readCode(error);
  // Node.js 24 has no code for it.
  const isGarbage = error instanceof Error && error.cause instanceof Error && error.cause.name === "HTTPParserError";
  if (isGarbage) return `What answers at ${origin} does not speak HTTP.`;
  if (/^ERR_SSL|^EPROTO/.test(code)) return `What answers at ${origin} does not speak TLS. Is its address http:?`;
  if (/CERT|SIGNATURE|ISSUER/.test(code)) {
    return `The certificate of ${origin} is not trusted. Start the tenant with its authority in NODE_EXTRA_CA_CERTS.`;
  }
  if (/^UND_ERR_SOCKET|^ECONNRESET/.test(code)) return `The API at ${origin} ended the connection without an answer.`;
  if (error instanceof Error && error.name === "TimeoutError") {
    return `The API at ${origin} did not answer within ${patience / 1000} seconds.`;
  }
  return `The API at ${origin} does not answer. Is it running?`;
}

async function loadText(response: Response): Promise<{ body: string; isCut: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new NoAnswer("The API ended the connection within its answer.", { cause });
  }
  return { body: Buffer.concat(chunks).toString("utf8"), isCut: size > maxBytes };
}
