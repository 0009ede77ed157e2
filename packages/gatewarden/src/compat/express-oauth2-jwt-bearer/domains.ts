// The option `mcd`: several issuers, listed or looked up by a function for each request.
import { createHash } from "node:crypto";
import { AuthError, ConfigError, type GuardOptions, type GuardRequest, type IssuerOptions } from "../../index.js";
import { environment, isProduction } from "../../platform/runtime.js";
import type { IssuerConfig, IssuerResolverContext, IssuerResolverFunction, MCDOptions } from "./option-types.js";
import type { Settings } from "./settings.js";
import { type TrustTerms, toAlgorithms, toFixedKeys, toHttpHosts, toKeyTimes, toSpellings } from "./trust-terms.js";

/** The guard's options for several issuers, and what happens before each check. */
export interface Domains {
  readonly terms: TrustTerms;
  /** Looks up a request's issuers; undefined where all are listed. Rejects with `AuthError`. */
  readonly prepare?: (request: GuardRequest, context: IssuerResolverContext) => Promise<void>;
}

type Listed = readonly (string | IssuerConfig)[];

/** Throws `ConfigError` for a list that cannot be right. A function's list is read per request. */
export function toDomains({ issuers }: MCDOptions, settings: Settings): Domains {
  if (typeof issuers === "function") return toLookUp(issuers, settings);
  const list: Listed = Array.isArray(issuers) ? issuers : [issuers];
  const places = list.flatMap((one) => [issuerOf(one), typeof one === "object" && "jwksUri" in one ? one.jwksUri : ""]);
  return { terms: { issuer: list.flatMap((one) => toOptions(one, settings)), env: {}, ...toHttpHosts(places) } };
}

function issuerOf(config: string | IssuerConfig): string {
  return typeof config === "string" ? config : config.issuer;
}

/** Both spellings of an issuer, with its keys. */
function toOptions(config: string | IssuerConfig, settings: Settings): IssuerOptions[] {
  const { alg, ...given } = typeof config === "string" ? { issuer: config, alg: undefined } : config;
  if ("secret" in given && given.secret && !alg) throw noAlgorithm();
  if ("publicKey" in given) refuseKeyObject(given.publicKey);
  const own = toFixedKeys({ ...toTimes(settings), ...given });
  const terms = { keys: own ?? toKeyTimes(settings), ...toAlgorithms(alg) };
  return toSpellings(requireDomain(given.issuer)).map((issuer) => ({ issuer, ...terms }));
}

/** The members of a key object are hidden: two of them would have the same hash (CWE-346). */
function refuseKeyObject(key: unknown): void {
  const isPlain = typeof key !== "object" || key === null || Object.hasOwn(key, "kty") || Object.hasOwn(key, "keys");
  if (isPlain) return;
  const example = '{ issuer: "https://brand-a.example.com", publicKey: pem, alg: "RS256" }';
  throw new ConfigError({
    option: "mcd.issuers",
    problem: "holds a publicKey that is neither text nor a JWK",
    example,
  });
}

function noAlgorithm(): ConfigError {
  const example = '{ issuer: "https://brand-a.example.com", secret: process.env.SECRET, alg: "HS256" }';
  return new ConfigError({ option: "mcd.issuers", problem: "holds a secret without its alg", example });
}

function toTimes({ cacheMaxAge, cache, timeoutDuration }: Settings): Pick<Settings, "cacheMaxAge"> {
  return {
    ...(cacheMaxAge !== undefined && { cacheMaxAge }),
    ...(cache !== undefined && { cache }),
    ...(timeoutDuration !== undefined && { timeoutDuration }),
  };
}

/**
 * The issuer in its normal form, without the last slash. A name without a scheme means https.
 * Throws `ConfigError`; in production also for http.
 */
function requireDomain(text: unknown): string {
  const fail = (problem: string) =>
    new ConfigError({ option: "mcd.issuers", problem, example: '["https://brand-a.example.com"]' });
  if (typeof text !== "string" || text === "") throw fail("holds an issuer that is not text");
  const url = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(url)) throw fail("holds an issuer that is not a URL");
  const { protocol, host, pathname, username, password, search, hash } = new URL(url);
  if (username || password || search || hash) throw fail("holds a URL with a user name, a query or a fragment");
  if (protocol === "http:" && isProduction(environment()))
    throw fail("holds an http URL, which production does not allow");
  return `${protocol}//${host}${pathname.replace(/\/$/, "")}`;
}

/** How many different lists are kept. A list that is needed again is kept again. */
const maxLists = 1000;

/**
 * The function is called for every request, since its answer may depend on all of it. The guard
 * keeps issuers per list, under the list's hash: secrets in it must not become a name.
 */
function toLookUp(find: IssuerResolverFunction, settings: Settings): Domains {
  const lists = new Map<string, readonly IssuerOptions[]>();
  const chosen = new WeakMap<GuardRequest, string>();
  const issuer: GuardOptions["issuer"] = {
    resolve: (iss, list = "") => lists.get(list)?.find((one) => one.issuer === iss),
    tenant: (request) => chosen.get(request),
    // Issuers of this machine are for development: a tenant who names one could make this server
    // contact its own network (CWE-918).
    allowPrivateNetwork: !isProduction(environment()),
  };
  const prepare: Domains["prepare"] = async (request, context) => {
    const list = await ask(find, context);
    const name = createHash("sha256").update(JSON.stringify(list)).digest("base64url");
    if (!lists.has(name))
      keep(
        lists,
        name,
        list.flatMap((one) => toOptions(one, settings)),
      );
    chosen.set(request, name);
  };
  return { terms: { issuer, env: {} }, prepare };
}

function keep<Value>(lists: Map<string, Value>, name: string, value: Value): void {
  const [oldest] = lists.keys();
  if (lists.size >= maxLists && oldest !== undefined) lists.delete(oldest);
  lists.set(name, value);
}

/** A function that fails says nothing about the token: that is an outage, and no 401. */
async function ask(find: IssuerResolverFunction, context: IssuerResolverContext): Promise<Listed> {
  try {
    const list: unknown = await find(context);
    if (Array.isArray(list)) return list;
  } catch (cause) {
    throw new AuthError("issuer_unavailable", { cause, retryAfter: 5 });
  }
  throw new AuthError("check_failed", { cause: new TypeError("The function 'mcd.issuers' must return a list") });
}
