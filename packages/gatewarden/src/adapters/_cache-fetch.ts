// Keys that isolates share through the Cache API: a new isolate need not ask the issuer.
import { ConfigError, type Fetch, type FetchAnswer, type FetchBody } from "../index.js";
import { createBoundedMap } from "../platform/bounded-map.js";
import { globalFetch } from "../platform/fetch.js";

/** The part of the Cache API that is used: `caches.default`, or what `caches.open` resolves to. */
export interface KeyCache {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<unknown>;
}

/** How keys are shared. */
export interface CacheFetchOptions {
  /**
   * Longest time in seconds for which an answer is taken from the cache, regardless of the server's
   * `Cache-Control`. Default 600; not longer than `keys.maxAge`.
   */
  readonly maxAge?: number;
  /** Sends what the cache cannot answer. Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /** Milliseconds since 1970. For tests. */
  readonly now?: () => number;
}

/**
 * A `fetch` for the guard that shares metadata and key sets between isolates:
 * `createGuard({ fetch: createCacheFetch(() => caches.open("keys")) })`. Each isolate takes at most
 * its first answer for a URL from the cache. Later requests, such as those for an unknown `kid`, go
 * to the issuer. Only answers with status 200 that are metadata or a key set are stored, and only
 * for as long as the server allows. Code that can write to the cache can replace keys, so share it
 * with no other code.
 */
export function createCacheFetch(
  cache: KeyCache | (() => KeyCache | Promise<KeyCache>),
  { maxAge = 600, fetch = globalFetch, now = Date.now }: CacheFetchOptions = {},
): Fetch {
  requireCacheOptions(cache, maxAge);
  const open = typeof cache === "function" ? cache : () => cache;
  const asked = createBoundedMap<object>(maxUrls);
  return async (url, init) => {
    if ((init.method ?? "GET") !== "GET") return fetch(url, init);
    const isFirst = asked.get(url) === undefined;
    asked.set(url, {});
    const store = await readQuietly(async () => open());
    const stored =
      isFirst && store ? await readQuietly(() => readStored(store, url, { maxAge, now: now() })) : undefined;
    if (stored) return stored;
    const answer = await fetch(url, init);
    const seconds = Math.min(maxAge, readFreshness(answer));
    if (!store || answer.status !== 200 || seconds <= 0) return answer;
    return storeAnswer(answer, async (text) => {
      const headers = { ...copyHeaders(answer), "cache-control": `max-age=${seconds}`, [storedAt]: String(now()) };
      // Awaited: some hosts drop what is still running when the request is over.
      await readQuietly(() => store.put(toKey(url), new Response(text, { headers })));
    });
  };
}

const maxUrls = 1024;
/** As `fetchJson` reads at most. */
const maxBytes = 512 * 1024;
const storedAt = "x-gatewarden-stored";

/**
 * A name that no server can have (RFC 6761 §6.4): a cache that is shared with a CDN cannot be
 * filled through it. Verified in workerd, not on Cloudflare, which advises the Worker's own host
 * name (developers.cloudflare.com/workers/runtime-apis/cache, "Accessing Cache").
 */
function toKey(url: string): string {
  return `https://gatewarden.invalid/${encodeURIComponent(url)}`;
}

/** A cache that fails must not keep tokens from being checked. */
async function readQuietly<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}

/** What the cache holds, with its age: undefined if it is too old, or says nothing of its age. */
async function readStored(
  store: KeyCache,
  url: string,
  { maxAge, now }: { readonly maxAge: number; readonly now: number },
): Promise<FetchAnswer | undefined> {
  const found = await store.match(toKey(url));
  if (found?.status !== 200) return undefined;
  const allowed = Math.min(maxAge, readSeconds(found.headers.get("cache-control")) ?? 0);
  const written = found.headers.get(storedAt);
  // A time in the future would never grow old.
  const age = written === null ? Number.NaN : Math.ceil((now - Number(written)) / 1000);
  if (!(age >= 0 && age < allowed)) return undefined;
  const headers = new Headers(found.headers);
  headers.set("cache-control", `max-age=${allowed - age}`);
  headers.set("age", String(age));
  return { status: 200, headers, body: found.body as FetchBody | null };
}

/** Seconds that are left of an answer, which another cache may have held before (RFC 9111 §4.2). */
function readFreshness({ headers }: FetchAnswer): number {
  const allowed = readSeconds(headers.get("cache-control")) ?? Number.POSITIVE_INFINITY;
  return allowed - (Number(headers.get("age")) || 0);
}

/** Seconds that a shared cache may keep an answer, where it says so (RFC 9111 §5.2.2). */
function readSeconds(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/(^|[,\s])(no-store|no-cache|private)($|[,\s=])/i.test(header)) return 0;
  const digits = /(?:^|[,\s])max-age\s*=\s*"?(\d{1,9})"?(?:$|[,\s])/i.exec(header)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function copyHeaders({ headers }: FetchAnswer): Record<string, string> {
  const names = ["content-type", "date"];
  return Object.fromEntries(names.flatMap((name) => [[name, headers.get(name) ?? ""]]).filter(([, value]) => value));
}

/** Reads the answer, stores it if it is worth it, and returns it unread. */
async function storeAnswer(answer: FetchAnswer, store: (text: string) => Promise<void>): Promise<FetchAnswer> {
  const reader = answer.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (reader && size <= maxBytes) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.byteLength;
  }
  const { status, headers } = answer;
  if (size <= maxBytes) {
    const text = readText(chunks);
    if (text !== undefined && isWorthStoring(text)) await store(text);
  }
  return { status, headers, body: toBody(chunks, size > maxBytes ? reader : undefined) };
}

/** Undefined for what is not UTF-8: the guard refuses it, and must not find it repaired later. */
function readText(chunks: readonly Uint8Array[]): string | undefined {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
  } catch {
    return undefined;
  }
}

/** Metadata or a key set: an error page with status 200 would close every new isolate's door. */
function isWorthStoring(text: string): boolean {
  try {
    const document: { readonly keys?: unknown; readonly jwks_uri?: unknown } | null = JSON.parse(text);
    return Array.isArray(document?.keys) || typeof document?.jwks_uri === "string";
  } catch {
    return false;
  }
}

/** What was read already, then what is left. */
function toBody(chunks: Uint8Array[], rest: ReturnType<FetchBody["getReader"]> | undefined): FetchBody {
  const cancel = async () => rest?.cancel();
  const read = async () => {
    const value = chunks.shift();
    return value ? ({ done: false, value } as const) : (rest?.read() ?? ({ done: true } as const));
  };
  return { cancel, getReader: () => ({ read, cancel }) };
}

function requireCacheOptions(cache: unknown, maxAge: unknown): void {
  const { match, put } = (cache ?? {}) as Partial<KeyCache>;
  const isCache = typeof cache === "function" || (typeof match === "function" && typeof put === "function");
  const example = 'createCacheFetch(() => caches.open("keys"), { maxAge: 300 })';
  if (!isCache) throw new ConfigError({ option: "The cache", problem: "must be a cache or open one", example });
  if (typeof maxAge === "number" && maxAge > 0 && maxAge <= 86_400) return;
  throw new ConfigError({ option: "maxAge", problem: "must be seconds, at most 86,400", example });
}
