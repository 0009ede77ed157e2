// The options of jwks-rsa → the key source of a guard. Loading, caching and the budget for
// refetches are the guard's own.
import { ConfigError, type Fetch, type KeyTimes } from "../../index.js";

/** The options of jwks-rsa's `expressJwtSecret` and `passportJwtSecret`. Times are milliseconds. */
export interface JwksOptions {
  /** An https URL; http on this machine only. */
  readonly jwksUri: string;
  /** Keys are always cached. False: for 15 seconds. */
  readonly cache?: boolean;
  /** Not used: a whole key set is kept. */
  readonly cacheMaxEntries?: number;
  /** Default 600,000. */
  readonly cacheMaxAge?: number;
  /** How long old keys are used while the endpoint is unreachable. Default 86,400,000. */
  readonly cacheMaxAgeFallback?: number;
  /** Not used: refetches for unknown keys always have a budget. */
  readonly rateLimit?: boolean;
  /** Not used, as `rateLimit`. */
  readonly jwksRequestsPerMinute?: number;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  /** Default 5,000. */
  readonly timeout?: number;
  /** Fetches the key set in place of `fetch`. */
  readonly fetcher?: (jwksUri: string) => Promise<{ keys: unknown }>;
}

/** Where keys come from. */
export interface JwksSource {
  readonly keys: KeyTimes & { readonly jwksUri: string };
  readonly fetch: Fetch | undefined;
}

/** Option → why it cannot be used, and what to write instead. */
const refused: Readonly<Record<string, readonly [problem: string, instead: string]>> = {
  proxy: ["is not an option of jwks-rsa any more", "fetcher: (uri) => fetchThroughProxy(uri)"],
  requestAgent: ["is an agent of node:http, which fetch cannot use", "fetcher: (uri) => fetchWithAgent(uri)"],
  getKeysInterceptor: ["would put keys beside the endpoint's own", "fetcher: async () => ({ keys })"],
  handleSigningKeyError: [
    "could turn an outage into a 401; an outage is an error with status 503 here",
    "an error handler that reads error.status",
  ],
  onStaleCacheFallback: ["is not called here", "createGuard and guard.health()"],
};

const uses: Readonly<Record<keyof JwksOptions, true>> = {
  ...{ jwksUri: true, cache: true, cacheMaxEntries: true, cacheMaxAge: true, cacheMaxAgeFallback: true },
  ...{ rateLimit: true, jwksRequestsPerMinute: true, requestHeaders: true, timeout: true, fetcher: true },
};

const hour = 3_600_000;
const [leastAge, usualAge, mostAge] = [15_000, 600_000, 24 * hour];
const example = 'jwksUri: "https://acme.eu.auth0.com/.well-known/jwks.json"';

/** Checks the options. Throws `ConfigError`. */
export function requireJwksSource(options: JwksOptions): JwksSource {
  if (typeof options !== "object" || options === null || typeof options.jwksUri !== "string")
    throw new ConfigError({ option: "jwksUri", problem: "is missing", example });
  for (const name of Object.keys(options)) {
    const [problem, instead] = refused[name] ?? ["is not an option of jwks-rsa", example];
    const isUsed = Object.hasOwn(uses, name) || (options as unknown as Record<string, unknown>)[name] === undefined;
    if (!isUsed) throw new ConfigError({ option: name, problem, example: instead });
  }
  const { jwksUri, cache, cacheMaxAge = usualAge, cacheMaxAgeFallback, timeout } = options;
  const maxAge = cache === false ? leastAge : requireTime("cacheMaxAge", cacheMaxAge, [leastAge, mostAge]);
  return {
    keys: {
      jwksUri,
      maxAge: maxAge / 1000,
      ...(cacheMaxAgeFallback !== undefined && {
        staleIfError: requireTime("cacheMaxAgeFallback", cacheMaxAgeFallback, [0, 7 * mostAge]) / 1000,
      }),
      ...(timeout !== undefined && { timeout: requireTime("timeout", timeout, [100, 60_000]) / 1000 }),
    },
    fetch: toFetch(options),
  };
}

function requireTime(option: string, given: unknown, [least, most]: readonly [number, number]): number {
  if (typeof given === "number" && given >= least && given <= most) return given;
  const problem = `must be milliseconds from ${least} to ${most}`;
  throw new ConfigError({ option, problem, example: `${option}: ${Math.min(usualAge, most)}` });
}

function toFetch({ jwksUri, fetcher, requestHeaders }: JwksOptions): Fetch | undefined {
  if (fetcher) return async (url) => Response.json(await fetcher(url));
  if (requestHeaders === undefined) return undefined;
  // They may hold a credential: no redirect takes them elsewhere (CWE-522). The global function is
  // read at each call, since tests and tracing replace it.
  return (url, init) =>
    globalThis.fetch(url, url === jwksUri ? { ...init, headers: { ...init.headers, ...requestHeaders } } : init);
}
