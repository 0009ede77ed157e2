// A JSON document over HTTP, with limits on time, size and origin. A hostile or broken server costs
// little and never blocks a request.
import { rejectOnAbort } from "../platform/abort.js";
import type { Fetch, FetchAnswer, FetchInit } from "../platform/fetch.js";
import { loadText } from "../platform/load-text.js";

/** How documents are fetched. */
export interface FetchSettings {
  readonly fetch: Fetch;
  /** Time limit for the whole exchange, including the body, in seconds. */
  readonly timeout: number;
  /** Media types to accept. Default: JSON, else anything; the content decides. */
  readonly accept?: string;
}

/** Media types to accept for key sets (RFC 7517 §8.5.2): Kubernetes answers 406 to JSON alone. */
export const keySetTypes = "application/jwk-set+json, application/json;q=0.9, */*;q=0.1";
const jsonTypes = "application/json, */*;q=0.1";

/** A document, and for how long the server declares it fresh. */
export interface FetchedJson {
  readonly document: unknown;
  /** Seconds, from `Cache-Control: max-age`; undefined without one. */
  readonly maxAge: number | undefined;
  /** The server's clock, in seconds since 1970; undefined without `Date`. */
  readonly serverTime?: number | undefined;
  /** Whether a cache answered, so the document may be older than the request (RFC 9111 §5.1). */
  readonly isFromCache?: boolean;
}

/** Why a request failed. */
export type FetchErrorCode =
  | "no_time"
  | "timeout"
  | "network"
  | "status"
  /** 406: the server has no representation of the requested type (RFC 9110 §15.5.7). */
  | "not_acceptable"
  | "redirected"
  | "too_large"
  | "not_json";

/**
 * A request without a usable document. Branch on `code`; `status` is set when a server answered.
 */
export class FetchError extends Error {
  override readonly name = "FetchError";
  readonly code: FetchErrorCode;
  readonly status: number | undefined;

  constructor(code: FetchErrorCode, message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
  }
}

const maxBytes = 512 * 1024;
const maxRedirects = 3;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches a JSON document. Throws `FetchError`, which names the URL and what happened. `endsAt` (of
 * `performance.now()`) is when all requests of one load must be over; no request starts after it.
 */
export async function fetchJson(
  url: string,
  { fetch, timeout, accept = jsonTypes }: FetchSettings,
  endsAt: number = Number.POSITIVE_INFINITY,
): Promise<FetchedJson> {
  const milliseconds = Math.ceil(Math.min(timeout * 1000, endsAt - performance.now()));
  if (milliseconds <= 0) throw new FetchError("no_time", `GET ${url} was not tried: no time was left`);
  const signal = AbortSignal.timeout(milliseconds);
  try {
    // A custom `fetch` may ignore the signal; the time limit applies all the same.
    return await Promise.race([
      rejectOnAbort(signal),
      loadJson(url, fetch, { redirect: "manual", signal, headers: { accept } }),
    ]);
  } catch (cause) {
    if (cause instanceof FetchError) throw cause;
    const what = signal.aborted ? `did not finish within ${milliseconds / 1000} s` : "failed";
    throw new FetchError(signal.aborted ? "timeout" : "network", `GET ${url} ${what}${describeCode(cause)}`, { cause });
  }
}

type RequestTerms = FetchInit & { readonly signal: AbortSignal };

async function loadJson(url: string, fetch: Fetch, terms: RequestTerms): Promise<FetchedJson> {
  const response = await follow(url, fetch, terms);
  const { headers, status } = response;
  if (status !== 200) {
    await response.body?.cancel();
    const code = status === 406 ? "not_acceptable" : "status";
    throw new FetchError(code, `GET ${url} answered with status ${status}`, { status });
  }
  const text = await loadText(response.body, { maxBytes, signal: terms.signal });
  if (text === undefined)
    throw new FetchError("too_large", `GET ${url} answered with more than ${maxBytes / 1024} KiB`, { status });
  return {
    document: parse(url, text),
    maxAge: readMaxAge(headers.get("cache-control")),
    serverTime: readTime(headers),
    isFromCache: headers.get("age") !== null,
  };
}

/**
 * Follows redirects within one origin only: other origins are not trusted to provide keys (RFC 8725
 * §3.10).
 */
async function follow(url: string, fetch: Fetch, terms: RequestTerms): Promise<FetchAnswer> {
  let current = url;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const response = await fetch(current, terms);
    if (!redirectStatuses.has(response.status)) return response;
    await response.body?.cancel();
    const target = new URL(response.headers.get("location") ?? "", current);
    if (target.origin !== new URL(url).origin) {
      throw new FetchError("redirected", `GET ${url} redirected to another origin`, { status: response.status });
    }
    current = target.href;
  }
  throw new FetchError("redirected", `GET ${url} redirected more than ${maxRedirects} times`);
}

function parse(url: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the body, which may be an error page with any content.
    throw new FetchError("not_json", `GET ${url} answered with something that is not JSON`, { status: 200 });
  }
}

/** `max-age` of a `Cache-Control` header (RFC 9111 §5.2.2.1); 0 for `no-store` and `no-cache`. */
function readMaxAge(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/(^|[,\s])no-(store|cache)($|[,\s])/i.test(header)) return 0;
  const digits = /(?:^|[,\s])max-age\s*=\s*"?(\d{1,9})"?(?:$|[,\s])/i.exec(header)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * `Date`, in whole seconds, plus the time for which a cache has held the answer (RFC 9110 §6.6.1,
 * RFC 9111 §5.1).
 */
function readTime(headers: FetchAnswer["headers"]): number | undefined {
  const seconds = Date.parse(headers.get("date") ?? "") / 1000 + Number(headers.get("age") ?? 0);
  return Number.isFinite(seconds) ? seconds : undefined;
}

function describeCode(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = inner instanceof Error ? (inner as { code?: unknown }).code : undefined;
  return typeof code === "string" ? `: ${code}` : "";
}
