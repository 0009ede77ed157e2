// The option `keys` → a source of keys for one issuer.

import { ConfigError } from "../errors.js";
import { createDiscovery, type Discovery, type MetadataLook } from "../issuer/discovery.js";
import { checkPlace, notSafe, type PlaceRules } from "../issuer/places.js";
import { pinRsa } from "../issuer/rsa-pin.js";
import { importJwk, importPem, importPublicKey, importSecret } from "../keys/key.js";
import { parseKeySet } from "../keys/key-set.js";
import type { KeySource } from "../keys/key-source.js";
import type { MutableKeyCounts } from "../keys/keys-status.js";
import { UnusableKey } from "../keys/material.js";
import { createRemoteKeys } from "../keys/remote.js";
import { createPendingKeys, createPinnedKey, createStaticKeySet } from "../keys/static.js";
import type { VerificationKey } from "../keys/verification-key.js";
import type { OutgoingCalls } from "../monitoring/outgoing-calls.js";
import { type Awaitable, chain, rescue } from "../platform/awaitable.js";
import type { Fetch } from "../platform/fetch.js";
import { warn } from "../platform/runtime.js";
import { algorithms } from "../token/algorithms.js";
import { nodeCrypto } from "../token/signature.js";
import type { IssuerSpellings } from "./environment.js";
import { readNumber } from "./option-table.js";
import type { KeysOptions, KeyTimes } from "./options.js";

/** What a key source needs to know. */
export interface KeySourceSettings {
  readonly keys: KeysOptions;
  readonly issuers: IssuerSpellings;
  readonly discoveryUrl: string | undefined;
  readonly places: PlaceRules;
  readonly fetch: Fetch;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly calls: OutgoingCalls;
  readonly counts: MutableKeyCounts;
}

/** A key source with what it decides for its issuer's policy. */
export interface ConfiguredKeys {
  readonly keys: KeySource;
  /** Spellings of the issuer that are still possible. */
  readonly spellings: IssuerSpellings;
  /** The exact issuer, as far as it is known by now. */
  readonly issuer: () => string;
  /** The HMAC algorithms that the configured secret is long enough for; undefined where there is no secret. */
  readonly hmacAlgorithms?: readonly string[];
}

export const rsaExample = 'keys: { rsaAlgorithm: "RS256" }';
const examples = {
  "keys.jwksUri": 'keys: { jwksUri: "https://acme.eu.auth0.com/.well-known/jwks.json" }',
  discoveryUrl: 'discoveryUrl: "https://idp.internal/.well-known/openid-configuration"',
  issuer: 'issuer: "https://acme.eu.auth0.com/"',
} as const;

/** Makes the source that the options describe. Throws `ConfigError`. */
export function createKeySource(settings: KeySourceSettings): ConfiguredKeys {
  const configured = createSource(settings);
  const { rsaAlgorithm }: { rsaAlgorithm?: unknown } = settings.keys as object;
  if (rsaAlgorithm === undefined) return configured;
  const isRsa = typeof rsaAlgorithm === "string" && algorithms.get(rsaAlgorithm)?.keyType === "RSA";
  if (isRsa && !configured.hmacAlgorithms) return { ...configured, keys: pinRsa(configured.keys, rsaAlgorithm) };
  const problem = isRsa ? "stands beside a secret" : "is not an RSA algorithm";
  throw new ConfigError({ option: "keys.rsaAlgorithm", problem, example: rsaExample });
}

function createSource(settings: KeySourceSettings): ConfiguredKeys {
  const { keys } = settings;
  const kinds = ["jwksUri", "jwks", "publicKey", "secret"].filter((name) => name in keys);
  if (kinds.length > 1)
    throw new ConfigError({
      option: "keys",
      problem: `has both ${kinds.join(" and ")}`,
      example: examples["keys.jwksUri"],
    });
  const [first] = settings.issuers;
  const fixed = { spellings: [first], issuer: () => first } as const;
  if ("secret" in keys) return { ...fixed, ...createSecret(keys.secret) };
  if ("publicKey" in keys) return { ...fixed, keys: toSource(chain(toKey(keys.publicKey), createPinnedKey)) };
  if ("jwks" in keys) return { ...fixed, keys: createGivenSet(keys.jwks) };
  if ("jwksUri" in keys) {
    const { jwksUri } = keys;
    requirePlace("keys.jwksUri", jwksUri, settings.places);
    const remote = { ...readTimes(keys), ...common(settings), issuer: fixed.issuer, locate: () => jwksUri };
    return { ...fixed, keys: createRemoteKeys(remote) };
  }
  return createDiscovered(settings, readTimes(keys));
}

function createDiscovered(settings: KeySourceSettings, times: Required<KeyTimes>): ConfiguredKeys {
  const { issuers, discoveryUrl, places } = settings;
  let settled = issuers[0];
  if (discoveryUrl === undefined) requirePlace("issuer", settled, places);
  else requirePlace("discoveryUrl", discoveryUrl, places);
  const discovery: Discovery = createDiscovery({ ...times, ...common(settings), issuers, discoveryUrl, places });
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

function readTimes({ maxAge, staleIfError, timeout }: KeyTimes): Required<KeyTimes> {
  return {
    maxAge: readNumber("keys.maxAge", maxAge),
    staleIfError: readNumber("keys.staleIfError", staleIfError),
    timeout: readNumber("keys.timeout", timeout),
  };
}

/** The secret itself is never part of a message. */
function createSecret(secret: unknown): Pick<ConfiguredKeys, "keys" | "hmacAlgorithms"> {
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  if (!(bytes instanceof Uint8Array)) throw badSecret("is neither text nor bytes");
  // A public key as HMAC secret is the classic confusion: anybody knows it (CVE-2015-9235).
  const text = new TextDecoder().decode(bytes);
  if (text.includes("-----BEGIN")) throw badSecret("is a PEM key; give it as publicKey");
  if (/^\s*\{/.test(text) && text.includes('"kty"'))
    throw badSecret("is a JWK; give it as publicKey, or a symmetric one's bytes");
  const hmacAlgorithms = [...algorithms.values()]
    .filter(({ keyType, signatureLength = 0 }) => keyType === "oct" && bytes.length >= signatureLength)
    .map(({ name }) => name);
  if (hmacAlgorithms.length === 0) throw badSecret("is shorter than 32 bytes, the least for HS256 (RFC 7518 §3.2)");
  return { keys: toSource(chain(importSecret(bytes), createPinnedKey)), hmacAlgorithms };
}

function badSecret(problem: string): ConfigError {
  return new ConfigError({
    option: "keys.secret",
    problem,
    example: "keys: { secret: process.env.API_SECRET }, 32 random bytes or more",
  });
}

function createGivenSet(document: unknown): KeySource {
  const create = () =>
    chain(parseKeySet(document), (set) => {
      if (set.ignored.length > 0) warn("GATEWARDEN_KEY_IGNORED", `Not used from keys.jwks: ${set.ignored.join("; ")}`);
      return createStaticKeySet(set);
    });
  const source = rescue(create, (cause) => {
    throw new ConfigError(
      {
        option: "keys.jwks",
        problem: `is unusable: ${messageOf(cause)}`,
        example: "keys: { jwks: { keys: [{ kty, n, e, kid }] } }",
      },
      { cause },
    );
  });
  return toSource(source);
}

function toKey(key: unknown): Awaitable<VerificationKey> {
  const pem = 'keys: { publicKey: "-----BEGIN PUBLIC KEY-----…" }';
  const prepare = () => {
    const crypto = nodeCrypto();
    if (crypto && key instanceof crypto.KeyObject && key.type === "public") return importPublicKey(key);
    if (typeof key === "object" && key !== null && "kty" in key) return importJwk(key as Record<string, unknown>);
    if (typeof key !== "string") throw new UnusableKey("is not PEM text, a JWK or a public KeyObject");
    return importPem(key);
  };
  return rescue(prepare, (cause) => {
    const why = cause instanceof UnusableKey ? cause.message : "is not valid key material";
    throw new ConfigError({ option: "keys.publicKey", problem: why, example: pem }, { cause });
  });
}

function toSource(source: Awaitable<KeySource>): KeySource {
  return source instanceof Promise ? createPendingKeys(source) : source;
}

/** Throws `ConfigError` for what is not a URL that may be fetched. */
export function requirePlace(option: keyof typeof examples, url: unknown, places?: PlaceRules): asserts url is string {
  const problem = typeof url === "string" ? checkPlace(url, places) : notSafe;
  if (problem === undefined) return;
  throw new ConfigError({ option, problem: `is ${JSON.stringify(url)}; it ${problem}`, example: examples[option] });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
