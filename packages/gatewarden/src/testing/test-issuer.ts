// The sub-path `gatewarden/testing`: an issuer in this process, for tests that run the real
// verification without a network.
import { ConfigError } from "../errors.js";
import type { Algorithm, Introspect, KeysOptions } from "../index.js";
import { isProduction } from "../platform/runtime.js";
import type { BrokenTokens } from "./broken-reasons.js";
import { createBrokenTokens } from "./broken-tokens.js";
import { createDpopClient, type DpopClient, type DpopClientOptions } from "./dpop-client.js";
import { createKeyRing, type JsonWebKeySet, type RotationOptions } from "./key-ring.js";
import { createOpaqueTokens } from "./opaque-tokens.js";
import { createProviderFetch, isProviderUrl, type ProviderFetch, toKeysUrl } from "./provider-fetch.js";
import { createTestClock, type TestClock } from "./test-clock.js";
import { toTokenAnswer } from "./token-answers.js";
import { createTokenFactory } from "./token-factory.js";
import { type TestTokenOptions, usualClient } from "./token-options.js";

export type { BrokenProofs } from "./broken-proofs.js";
export type {
  BrokenProofReason,
  BrokenRequest,
  BrokenTokenReason,
  BrokenTokens,
  FaultElsewhere,
} from "./broken-reasons.js";
export type { DpopClient, DpopClientOptions, DpopHeaders } from "./dpop-client.js";
export type { JsonWebKeySet, RotationOptions } from "./key-ring.js";
export type { ProvenRequest } from "./proof-options.js";
export type { ProviderFetch } from "./provider-fetch.js";
export type { TestClock } from "./test-clock.js";
export type { TestTokenOptions } from "./token-options.js";

/** Options of a test issuer. */
export interface TestIssuerOptions {
  /**
   * Exact `iss`. Its host must end in a name that is reserved for tests: `.test`, `.example`,
   * `.invalid`, `localhost`. It may be no URL: `issuer.test`, `urn:example:issuer`. Default
   * `https://issuer.test/`.
   */
  readonly issuer?: string;
  /**
   * The API's identifier. False: tokens have no `aud`, and `clientId` stands in for it. Default
   * `https://api.test/`.
   */
  readonly audience?: string | false;
  /**
   * The client that tokens are issued to, and that guards demand. Default: `test-client`, which
   * guards demand only where `audience` is false.
   */
  readonly clientId?: string;
  /**
   * What tokens are signed with. Default `ES256`, the fastest. Give `RS256` where the API's own
   * `algorithms` say so.
   */
  readonly algorithm?: Algorithm;
  /**
   * The form of tokens: Auth0's own, or RFC 9068, which `tokenType: "at+jwt"` requires. Default
   * `auth0`.
   */
  readonly profile?: "auth0" | "rfc9068";
  /** The clock of another test issuer, for guards that trust both. Default: a clock of its own. */
  readonly clock?: TestClock;
}

/**
 * An issuer of real tokens. Nothing is shared: each issuer has its own keys, which end with the
 * process.
 */
export interface TestIssuer {
  /** Exact `iss`. */
  readonly url: string;
  /** The API's identifier; empty where tokens name none. */
  readonly audience: string;
  /**
   * Options that make a guard trust only this issuer, with its current keys:
   * `createGuard({ ...yours, ...issuer.guardOptions })`. Your other options stay in force. They
   * replace your `issuer`: for an issuer with its own options, use `terms`.
   */
  readonly guardOptions: TestGuardOptions;
  /**
   * The same without the clock, for one of several issuers: `issuer: [one.terms, other.terms]`. To
   * keep an issuer's own options in force: `issuer: { ...yours, ...issuer.terms }`.
   */
  readonly terms: Omit<TestGuardOptions, "now">;
  /**
   * The clock with which tokens are issued, and with which guards with `guardOptions` check them.
   */
  readonly clock: TestClock;
  /**
   * A valid token. Equal options return the same token again, while it is almost as fresh as a new
   * one.
   */
  token(options?: TestTokenOptions): string;
  /** A valid token as request headers. */
  headers(options?: TestTokenOptions): Readonly<Record<"authorization", string>>;
  /** By reason: creates a request that a guard refuses for it. */
  readonly broken: BrokenTokens;
  /** A client whose tokens are bound to its key. */
  dpopClient(options?: DpopClientOptions): DpopClient;
  /** A token that only `introspect` can describe. */
  opaqueToken(options?: TestTokenOptions): string;
  /** For the guard's option `introspection`. */
  readonly introspect: Introspect;
  /**
   * For the guard's option `fetch`: metadata and keys are then discovered, cached and refreshed as
   * from a real provider. For the clients of `gatewarden/exchange`: tokens of this issuer are
   * exchanged (RFC 8693, the dialects `rfc8693`, `auth0`, `keycloak` and `okta`), and clients get
   * their own. Each client and secret is accepted, and each scope is granted, also as permission.
   */
  readonly fetch: ProviderFetch;
  /**
   * For the guard's option `env`, or for `process.env` before the API starts: issuer and audience
   * under all their names.
   */
  readonly env: Readonly<Record<string, string>>;
  /** The currently published keys. */
  readonly jwks: JsonWebKeySet;
  /**
   * Signs with a new key from now on. A guard that uses `fetch` discovers it; one with
   * `guardOptions` keeps its keys.
   */
  rotateKeys(options?: RotationOptions): void;
  /** Makes `fetch` and `introspect` fail as if the connection were refused, until `reconnect`. */
  disconnect(): void;
  reconnect(): void;
}

/** Options of a guard that trusts a test issuer. */
export interface TestGuardOptions {
  readonly issuer: string;
  readonly audience: string | false;
  readonly clientId?: string;
  readonly keys: KeysOptions;
  readonly now: () => number;
}

/**
 * Creates an issuer with fresh keys. Throws `ConfigError` if `NODE_ENV` is `production`, where test
 * tokens must never be trusted.
 */
export function createTestIssuer(options: TestIssuerOptions = {}): TestIssuer {
  requireNoProduction();
  const { issuer: url = "https://issuer.test/", audience = "https://api.test/", profile = "auth0" } = options;
  const { algorithm = "ES256", clock = createTestClock() } = options;
  requireTestName(url);
  const named = options.clientId ?? (audience === false ? usualClient : undefined);
  const own = { issuer: url, audience, ...(named !== undefined && { clientId: named }) };
  const keys = createKeyRing(algorithm);
  const factory = createTokenFactory({ shape: { ...own, profile }, clock, keys });
  let isConnected = true;
  const isReachable = () => isConnected;
  const opaque = createOpaqueTokens(factory, isReachable);
  const token = (given?: TestTokenOptions) => factory.token(given);
  return {
    url,
    audience: audience === false ? "" : audience,
    clock,
    token,
    headers: (given) => ({ authorization: `Bearer ${token(given)}` }),
    broken: createBrokenTokens(factory),
    dpopClient: (given) => createDpopClient(factory, given),
    opaqueToken: opaque.issue,
    introspect: opaque.introspect,
    fetch: createProviderFetch({
      ...{ url, isReachable, jwks: () => keys.jwks },
      token: (init) => toTokenAnswer(factory, init),
    }),
    env: toEnvironment(url, audience),
    get terms() {
      return { ...own, keys: keys.guardKeys };
    },
    get guardOptions() {
      return { ...own, keys: keys.guardKeys, now: clock.now };
    },
    get jwks() {
      return keys.jwks;
    },
    rotateKeys: keys.rotate,
    disconnect() {
      isConnected = false;
    },
    reconnect() {
      isConnected = true;
    },
  };
}

function requireNoProduction(): void {
  if (!isProduction()) return;
  const problem = "is production, where test tokens must never be trusted";
  throw new ConfigError({ option: "NODE_ENV", problem, example: "NODE_ENV=test" });
}

/**
 * Names reserved for tests and documentation, which no real issuer ever has (RFC 2606 §2, RFC 6761
 * §6).
 */
const reserved = /(^|\.)(test|example|invalid|localhost)$|(^|\.)example\.(com|net|org)$|^127(\.\d+){3}$|^\[::1\]$/;

/** A guard that trusts a real issuer's name must never get test keys for it. */
function requireTestName(url: string): void {
  // RFC 6963 §2 reserves urn:example.
  if (/^urn:example:[\w.:-]+$/.test(url) || reserved.test(toHost(url))) return;
  const problem = "could be a real issuer's name; a test's host ends in .test, .example, .invalid or localhost";
  throw new ConfigError({ option: "issuer", problem, example: 'issuer: "https://issuer.test/"' });
}

/**
 * The host of a URL, or of a name such as `issuer.test/project`; empty where it cannot be
 * determined.
 */
function toHost(name: string): string {
  if (name.includes(":")) return URL.canParse(name) ? new URL(name).hostname : "";
  return /^[a-z\d.-]+(?=\/|$)/.exec(name)?.[0] ?? "";
}

/**
 * Issuer and audience under all the names that a guard reads, so that none of the developer's own
 * remains beside them.
 */
function toEnvironment(url: string, audience: string | false): Readonly<Record<string, string>> {
  const isAddress = isProviderUrl(url);
  const isDomain = isAddress && new URL(url).pathname === "/" && url.endsWith("/");
  // Empty counts as unset: a real issuer's names, keys and algorithm must not remain either.
  return {
    ...(isDomain ? { AUTH0_DOMAIN: new URL(url).origin } : !isAddress && { AUTH0_DOMAIN: "" }),
    ISSUER_BASE_URL: isAddress ? url : "",
    ISSUER: url,
    AUTH0_AUDIENCE: audience || "",
    AUDIENCE: audience || "",
    // Where the name says no place, the keys have one of their own.
    JWKS_URI: isAddress ? "" : toKeysUrl(url),
    TOKEN_SIGNING_ALG: "",
  };
}
