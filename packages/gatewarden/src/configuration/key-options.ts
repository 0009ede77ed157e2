// The option `keys` → a source of keys for one issuer.

import { createDiscovery, type Discovery, type MetadataLook } from "../issuer/discovery.js";
import { checkPlace, notSafe, type PlaceRules } from "../issuer/places.js";
import { pinRsa } from "../issuer/rsa-pin.js";
import { isSafeUrl } from "../issuer/url.js";
import { joinFamilies } from "../keys/families.js";
import { importJwk, importPem, importPublicKey } from "../keys/key.js";
import { parseKeySet } from "../keys/key-set.js";
import type { KeySource } from "../keys/key-source.js";
import type { MutableKeyCounts } from "../keys/keys-status.js";
import { UnusableKey } from "../keys/material.js";
import { createRemoteKeys } from "../keys/remote.js";
import { createPinnedKey, createStaticKeySet, toSource } from "../keys/static.js";
import type { VerificationKey } from "../keys/verification-key.js";
import type { OutgoingCalls } from "../monitoring/outgoing-calls.js";
import { type Awaitable, chain, rescue } from "../platform/awaitable.js";
import type { Fetch } from "../platform/fetch.js";
import { warn } from "../platform/runtime.js";
import { algorithms, asymmetricAlgorithms } from "../token/algorithms.js";
import { nodeCrypto } from "../token/signature.js";
import type { IssuerSpellings } from "./environment-variables.js";
import { toNameError } from "./issuer-name.js";
import type { KeysOptions, KeyTimes } from "./keys-option-types.js";
import { requireNumber, toOptionError } from "./option-table.js";
import { createSecretSource } from "./secret.js";

/** What a key source is created from. */
export interface KeySourceSettings {
  readonly keys: KeysOptions;
  readonly issuers: IssuerSpellings;
  readonly discoveryUrl: string | undefined;
  readonly places: PlaceRules;
  /** Whether the terms were looked up by a token's `iss`. */
  readonly isLookedUp: boolean;
  readonly fetch: Fetch;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly calls: OutgoingCalls;
  readonly counts: MutableKeyCounts;
}

/** A key source, and what it determines for its issuer's policy. */
export interface ConfiguredKeys {
  readonly keys: KeySource;
  /** The issuer's remaining possible spellings. */
  readonly spellings: IssuerSpellings;
  /** The exact issuer, as far as it is known yet. */
  readonly issuer: () => string;
  /**
   * All algorithms that its keys may verify: every asymmetric one for public keys, and the HMAC
   * algorithms that a secret is long enough for.
   */
  readonly algorithms: readonly string[];
}

/** The public keys of an issuer, without their algorithms. */
type PublicKeys = Omit<ConfiguredKeys, "algorithms">;

/** Creates the source that the options describe. Throws `ConfigError`. */
export function createKeySource(settings: KeySourceSettings): ConfiguredKeys {
  const { keys, counts } = settings;
  const kinds = ["jwksUri", "jwks", "publicKey"].filter((name) => name in keys);
  if (kinds.length > 1) throw toOptionError("keys", `has both ${kinds.join(" and ")}`);
  const secret = "secret" in keys ? createSecretSource(keys.secret, counts) : undefined;
  const hasPublicKeys = secret === undefined || kinds.length > 0;
  const rsaAlgorithm = requireRsaAlgorithm(keys, hasPublicKeys);
  if (!hasPublicKeys) return { ...toFixed(settings), ...secret };
  const found = createPublicSource(settings);
  const pinned = rsaAlgorithm === undefined ? found.keys : pinRsa(found.keys, rsaAlgorithm);
  if (secret === undefined) return { ...found, keys: pinned, algorithms: asymmetricAlgorithms };
  const both = [...asymmetricAlgorithms, ...secret.algorithms];
  return { ...found, keys: joinFamilies(secret.keys, pinned), algorithms: both };
}

function requireRsaAlgorithm(keys: object, hasPublicKeys: boolean): string | undefined {
  const { rsaAlgorithm }: { readonly rsaAlgorithm?: unknown } = keys;
  if (rsaAlgorithm === undefined) return undefined;
  const isRsa = typeof rsaAlgorithm === "string" && algorithms.get(rsaAlgorithm)?.keyType === "RSA";
  if (isRsa && hasPublicKeys) return rsaAlgorithm;
  const problem = isRsa ? "requires public keys, and only a secret is configured" : "is not an RSA algorithm";
  throw toOptionError("keys.rsaAlgorithm", problem);
}

/** For keys that do not depend on metadata, the issuer is known. */
function toFixed({ issuers: [first] }: KeySourceSettings): Pick<ConfiguredKeys, "spellings" | "issuer"> {
  return { spellings: [first], issuer: () => first };
}

function createPublicSource(settings: KeySourceSettings): PublicKeys {
  const keys = settings.keys as Exclude<KeysOptions, { readonly secret: unknown }>;
  const fixed = toFixed(settings);
  if ("publicKey" in keys)
    return { ...fixed, keys: toSource(chain(toVerificationKey(keys.publicKey), (key) => createPinnedKey(key))) };
  if ("jwks" in keys) return { ...fixed, keys: createGivenSet(keys.jwks, settings.counts) };
  if ("jwksUri" in keys) {
    const { jwksUri } = keys;
    requirePlace("keys.jwksUri", jwksUri, settings.places);
    const remote = { ...requireTimes(keys), ...common(settings), issuer: fixed.issuer, locate: () => jwksUri };
    return { ...fixed, keys: createRemoteKeys(remote) };
  }
  return createDiscovered(settings, requireTimes(keys));
}

function createDiscovered(settings: KeySourceSettings, times: Required<KeyTimes>): PublicKeys {
  const { issuers, discoveryUrl, places, isLookedUp } = settings;
  let settled = issuers[0];
  // A URL taken from a token is never contacted over http, even if the look-up knows it, and
  // neither is one that the metadata there name (RFC 8725 §3.10, CWE-918).
  const isNamedByToken = isLookedUp && discoveryUrl === undefined;
  const ownPlaces = isNamedByToken ? { ...places, httpHosts: [] } : places;
  if (discoveryUrl === undefined && !isSafeUrl(settled, ownPlaces.httpHosts)) throw toNameError(settled);
  if (discoveryUrl === undefined) requirePlace("issuer", settled, ownPlaces);
  else requirePlace("discoveryUrl", discoveryUrl, places);
  const discovery: Discovery = createDiscovery({
    ...times,
    ...common(settings),
    issuers,
    discoveryUrl,
    places: ownPlaces,
  });
  const locate = async (look: MetadataLook): Promise<string> => {
    const metadata = await discovery.load(look);
    settled = metadata.issuer;
    return metadata.jwksUri;
  };
  const issuer = () => settled;
  const keys = createRemoteKeys({ ...times, ...common(settings), issuer, locate });
  return { keys, spellings: issuers, issuer };
}

type Common = Pick<KeySourceSettings, "fetch" | "now" | "calls" | "counts">;

function common({ fetch, now, calls, counts }: KeySourceSettings): Common {
  return { fetch, now, calls, counts };
}

function requireTimes({ maxAge, staleIfError, timeout }: KeyTimes): Required<KeyTimes> {
  return {
    maxAge: requireNumber("keys.maxAge", maxAge),
    staleIfError: requireNumber("keys.staleIfError", staleIfError),
    timeout: requireNumber("keys.timeout", timeout),
  };
}

function createGivenSet(document: unknown, counts: MutableKeyCounts): KeySource {
  const create = () =>
    chain(parseKeySet(document, undefined, counts), (set) => {
      if (set.ignored.length > 0) warn("GATEWARDEN_KEY_IGNORED", `Not used from keys.jwks: ${set.ignored.join("; ")}`);
      return createStaticKeySet(set);
    });
  const source = rescue(create, (cause) => {
    throw toOptionError("keys.jwks", `is unusable: ${messageOf(cause)}`, { cause });
  });
  return toSource(source);
}

function toVerificationKey(key: unknown): Awaitable<VerificationKey> {
  const prepare = () => {
    const crypto = nodeCrypto();
    if (crypto && key instanceof crypto.KeyObject && key.type === "public") return importPublicKey(key);
    if (typeof key === "object" && key !== null && "kty" in key) return importJwk(key as Record<string, unknown>);
    if (typeof key !== "string") throw new UnusableKey("is not PEM text, a JWK or a public KeyObject");
    return importPem(key);
  };
  return rescue(prepare, (cause) => {
    const why = cause instanceof UnusableKey ? cause.message + cause.found : "is not valid key material";
    throw toOptionError("keys.publicKey", why, { cause });
  });
}

/** Throws `ConfigError` for a value that is not a URL which may be fetched. */
export function requirePlace(option: string, url: unknown, places?: PlaceRules): asserts url is string {
  const problem = typeof url === "string" ? checkPlace(url, places) : notSafe;
  if (problem === undefined) return;
  throw toOptionError(option, `is ${JSON.stringify(url)}; it ${problem}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
