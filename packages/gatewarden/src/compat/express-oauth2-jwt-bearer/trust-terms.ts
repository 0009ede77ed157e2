// Which issuers are trusted, and where their keys come from: the drop-in's options → the guard's.
import type { Algorithm, GuardOptions, IssuerOptions, KeysOptions, KeyTimes } from "../../index.js";
import { ConfigError } from "../../index.js";
import type { AuthOptions, FunctionValidator, PublicKeyInput } from "./option-types.js";
import type { Settings } from "./settings.js";

/** The part of the guard's options that is about issuers. */
export type TrustTerms = Pick<GuardOptions, "issuer" | "keys" | "env" | "insecureHttpHosts" | "algorithms">;

type Names = readonly [string, ...string[]];

/** The options for one issuer. Throws `ConfigError`. */
export function toTrustTerms(settings: Settings): TrustTerms {
  const { issuerBaseURL, tokenSigningAlg } = settings;
  const terms = { ...toHttpHosts([issuerBaseURL, settings.jwksUri]), ...toAlgorithms(tokenSigningAlg), env: {} };
  const keys = toFixedKeys(settings);
  const named = settings.validators?.iss;
  if (typeof named === "function") return { ...terms, issuer: { resolve: toResolver(named, keys), ...anywhere } };
  const issuer = typeof named === "string" ? named : settings.issuer;
  const times = toKeyTimes(settings);
  if (issuer !== undefined) {
    if (keys || !issuerBaseURL) return { ...terms, issuer: { issuer, keys: keys ?? times } };
    const isOwn = toBareUrl(issuer) === toBareUrl(issuerBaseURL);
    return { ...terms, keys: times, issuer: isOwn ? issuer : { issuer, discoveryUrl: toDiscoveryUrl(issuerBaseURL) } };
  }
  const base = toBaseUrl(issuerBaseURL ?? "");
  if (keys) return { ...terms, issuer: toSpellings(base).map((one) => ({ issuer: one, keys })) };
  // The guard reads a base URL, of which the metadata decide the last slash, from this variable.
  return { ...terms, keys: times, env: { ISSUER_BASE_URL: base } };
}

/** Only what the options name is fetched, so it may also be in a private network. */
const anywhere = { allowPrivateNetwork: true };

/**
 * The keys are those of the options. The function is asked with the issuer alone: nothing else of
 * the token is known to be true.
 */
function toResolver(validator: FunctionValidator, keys: KeysOptions | undefined): Resolve {
  if (keys === undefined) {
    throw new ConfigError({
      option: "validators.iss",
      problem: "is a function, for which the metadata of one issuer do not say where the keys are",
      example: 'jwksUri: "https://acme.eu.auth0.com/.well-known/jwks.json"',
    });
  }
  return async (issuer) => ((await validator(issuer, { iss: issuer }, {})) ? { issuer, keys } : undefined);
}

type Resolve = (iss: string) => Promise<IssuerOptions | undefined>;

/** Keys that are not discovered. */
export function toFixedKeys(
  given: Pick<AuthOptions, "jwksUri" | "secret" | "publicKey"> & Times,
): KeysOptions | undefined {
  const { jwksUri, secret, publicKey } = given;
  if (secret) return { secret };
  if (publicKey) return toPublicKeys(publicKey);
  return jwksUri ? { jwksUri, ...toKeyTimes(given) } : undefined;
}

function toPublicKeys(publicKey: PublicKeyInput): KeysOptions {
  const isSet = typeof publicKey === "object" && "keys" in publicKey && Array.isArray(publicKey.keys);
  return isSet ? { jwks: publicKey as { keys: Record<string, unknown>[] } } : { publicKey: publicKey as string };
}

/** The only algorithm, which the guard checks against the keys. */
export function toAlgorithms(name: string | undefined): { readonly algorithms?: readonly Algorithm[] } {
  return name ? { algorithms: [name as Algorithm] } : {};
}

type Times = Pick<AuthOptions, "cacheMaxAge" | "cache" | "timeoutDuration">;

/** Milliseconds → seconds, within the guard's bounds. */
export function toKeyTimes({ cacheMaxAge = 600_000, cache, timeoutDuration = 5000 }: Times): KeyTimes {
  return {
    maxAge: toSeconds(cache?.jwks?.ttl ?? cacheMaxAge, { min: 15, max: 86_400 }),
    timeout: toSeconds(timeoutDuration, { min: 0.1, max: 60 }),
  };
}

function toSeconds(milliseconds: number, { min, max }: { min: number; max: number }): number {
  return Math.min(Math.max(milliseconds / 1000, min), max);
}

const wellKnown = /\/\.well-known\/(?:openid-configuration|oauth-authorization-server)/;

/** The issuer of a base URL, which may also be the URL of its metadata (RFC 8414 §3.1). */
export function toBaseUrl(url: string): string {
  return url.replace(wellKnown, "");
}

function toDiscoveryUrl(base: string): string {
  return wellKnown.test(base) ? base : `${base.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

function toBareUrl(url: string): string {
  return toBaseUrl(url).replace(/\/$/, "");
}

/** With and without the last slash. Auth0's own domains always end in it. */
export function toSpellings(base: string): Names {
  const bare = base.replace(/\/$/, "");
  return /\.auth0\.com$/i.test(bare) ? [`${bare}/`] : [`${bare}/`, bare];
}

/** The developer wrote `http:`; the guard warns once of each such host. */
export function toHttpHosts(urls: readonly (string | undefined)[]): Pick<GuardOptions, "insecureHttpHosts"> {
  const hosts = urls.flatMap((url) => (url && /^http:/i.test(url) && URL.canParse(url) ? [new URL(url).host] : []));
  return hosts.length > 0 ? { insecureHttpHosts: [...new Set(hosts)] } : {};
}
