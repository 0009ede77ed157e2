// The options of a guard, in prose, and their defaults. Everything is checked once, at creation.

import type { TokenExchange } from "../exchange/exchange.js";
import type { Introspect, IntrospectionOptions } from "../introspection/introspect.js";
import type { ClaimFormats, ClaimNames } from "../issuer/policy.js";
import type { DecisionListener } from "../monitoring/decision.js";
import type { Awaitable } from "../platform/awaitable.js";
import type { Fetch } from "../platform/fetch.js";
import type { GuardRequest } from "../request/credentials.js";
import type { ResourceOptions } from "../request/metadata.js";
import type { RevocationSource } from "../revocation/refuse-revoked.js";
import type { Algorithm } from "../token/algorithms.js";
import type { CacheBounds } from "../token/cache.js";
import type { StandardSchema } from "../token/standard-schema.js";
import type { MisnamedOptions } from "./foreign-names.js";
import type { KeysOptions } from "./keys-option-types.js";
import { numberOf } from "./option-table.js";
import type { DpopOptions, MtlsOptions, TokenFromOptions, TrustProxyOptions } from "./request-option-types.js";

/**
 * The terms on which one issuer is trusted. Terms that are left out come from the guard's own
 * options. `Claims` is the output of its own schema; `never` means that it has none.
 */
export interface IssuerOptions<Claims = never> extends MisnamedOptions {
  /**
   * Exact `iss` of its tokens, such as `https://acme.eu.auth0.com/`. With its own `keys` or a
   * `discoveryUrl` it may be any name, such as AD FS' `http://sts.acme.com/adfs/services/trust` or
   * `urn:acme` (RFC 7519 §4.1.1 StringOrURI).
   */
  readonly issuer: string;
  readonly audience?: string | readonly string[] | false;
  readonly clientId?: string | readonly string[];
  readonly algorithms?: readonly Algorithm[];
  readonly keys?: KeysOptions;
  readonly discoveryUrl?: string;
  readonly allowedHosts?: readonly string[];
  readonly insecureHttpHosts?: readonly string[];
  readonly tokenType?: "any" | "at+jwt";
  readonly clockTolerance?: number;
  readonly maxTokenAge?: number;
  readonly allowIdTokens?: boolean;
  /** A schema for this issuer's claims instead of the guard's. Its output has the same type. */
  readonly claims?: StandardSchema<Claims>;
  readonly claimNames?: Partial<ClaimNames>;
  readonly claimFormats?: Partial<ClaimFormats>;
  readonly scopeAsList?: boolean;
}

/**
 * Finds the terms of the issuer that a token names, in your own data; undefined for an untrusted
 * one. The terms must contain exactly that `iss`. Never build them from `iss` alone: anyone who
 * runs a server could then issue tokens. `iss` may be any name (RFC 7519 §4.1.1) and is not
 * verified yet: look it up, never fetch it.
 */
export type ResolveIssuer<Claims = never> = (
  iss: string,
  tenant: string | undefined,
) => Awaitable<IssuerOptions<Claims> | null | undefined>;

/**
 * Issuers that are looked up when one of their tokens arrives, such as the tenants of a product.
 */
export interface IssuerResolver<Claims = never> {
  /**
   * Called once per issuer while the answer is kept. A known issuer is looked up again after three
   * quarters of `maxAge`; its tokens are still accepted meanwhile. When `resolve` throws, rejects
   * or exceeds `timeout`, a known issuer keeps its old terms until twice its `maxAge` has passed.
   * All other tokens are refused with `issuer_unavailable` (503, `Retry-After`). Invalid terms are
   * refused with `check_failed` (500).
   */
  readonly resolve: ResolveIssuer<Claims>;
  /**
   * The part of a request that determines which issuers are trusted, such as its host. Answers are
   * kept per tenant, and `resolve` receives it. Default: none.
   */
  readonly tenant?: (request: GuardRequest) => string | undefined;
  /**
   * How many issuers are kept, with their keys. The least recently used are evicted first, and
   * looked up again when needed. Default 1,000.
   */
  readonly maxIssuers?: number;
  /**
   * Seconds after which an issuer is looked up again. A removed issuer stays trusted for that long,
   * or twice as long while `resolve` fails. Unchanged terms keep their keys. Default 600.
   */
  readonly maxAge?: number;
  /** Time limit for one look-up, in seconds. Default 5. */
  readonly timeout?: number;
  /**
   * Allow metadata and keys of these issuers to come from this machine or a private network (RFC
   * 1918, RFC 4193 and similar ranges). Default false: tenants who enter their own issuer could
   * make this server contact its own network (CWE-918). Only the host name is checked: a public
   * name that DNS resolves to a private address is not detected. Against that, list `allowedHosts`,
   * or provide a `fetch` that checks the address.
   */
  readonly allowPrivateNetwork?: boolean;
}

/**
 * Options of `createGuard`. Only issuer and audience are required, and they may come from the
 * environment.
 */
export interface GuardOptions<Claims = unknown> extends MisnamedOptions {
  /**
   * The trusted issuers: one, a list, or a look-up. Default: `AUTH0_DOMAIN`, or `ISSUER_BASE_URL`,
   * of the environment. An Auth0 tenant with a custom domain issues under both names: list both.
   */
  readonly issuer?:
    | string
    | IssuerOptions<NoInfer<Claims>>
    | readonly (string | IssuerOptions<NoInfer<Claims>>)[]
    | ResolveIssuer<NoInfer<Claims>>
    | IssuerResolver<NoInfer<Claims>>;
  /**
   * This API's identifier, which a token's `aud` must contain. Default: `AUTH0_AUDIENCE`, or
   * `AUDIENCE`, of the environment. False, which requires `clientId`: the issuer's access tokens
   * have no audience, as with Cognito. A token with an audience is then refused: it is an ID token,
   * or for another API (RFC 7519 §4.1.3).
   */
  readonly audience?: string | readonly string[] | false;
  /**
   * The clients whose tokens are accepted, compared exactly with `client_id` (RFC 8693 §4.3, RFC
   * 9068 §2.2) and `azp` (OIDC Core §2): each of the two that a token has must be listed. Where it
   * has neither, Microsoft's `appid` and Okta's `cid` are compared instead. Refuses with
   * `client_mismatch`, or with `claim_missing` for a token that names no client. With an audience,
   * both must match. Default: any client of the issuer.
   */
  readonly clientId?: string | readonly string[];
  /**
   * Default: every asymmetric algorithm that fits the key; with a secret, the HMAC algorithms that
   * it is long enough for; with public keys and a secret, both.
   */
  readonly algorithms?: readonly Algorithm[];
  /** Seconds by which this machine's clock may differ from the issuer's. Default 5, at most 300. */
  readonly clockTolerance?: number;
  /**
   * Seconds since `iat` (RFC 7519 §4.1.6) after which a token is refused with `token_too_old`,
   * whatever its `exp`; `clockTolerance` is added. A token without `iat` is refused with
   * `claim_missing`; an opaque token whose description has none is not. Default: `exp` alone
   * decides.
   */
  readonly maxTokenAge?: number;
  /**
   * Default: discovery (OpenID Connect, then RFC 8414). With several issuers only times are allowed
   * here; keys belong to each issuer's own terms.
   */
  readonly keys?: KeysOptions;
  /**
   * URL of the issuer's metadata, when it is not at the well-known place (containers). `iss` stays
   * the public issuer.
   */
  readonly discoveryUrl?: string;
  /**
   * The only hosts that metadata and keys may be fetched from, such as `acme.eu.auth0.com` or
   * `localhost:9000`, compared exactly. Where metadata point to keys elsewhere, tokens are refused
   * with `keys_unavailable`. Default: the hosts of issuer, `discoveryUrl` and `jwks_uri`.
   */
  readonly allowedHosts?: readonly string[];
  /**
   * Hosts that may be contacted for metadata and keys over plain http, such as `keycloak:8080` in a
   * compose file, compared exactly with the port. Anyone who can change that traffic can replace
   * the keys, so list only names of your own network; each causes one warning. An issuer that is
   * looked up is never discovered over http at its own name: give it a `discoveryUrl` or
   * `keys.jwksUri`. Default: http on this machine only.
   */
  readonly insecureHttpHosts?: readonly string[];
  /**
   * Fetches metadata and keys: undici's `fetch`, or a function around one. Default: the global
   * `fetch`, read at each call.
   */
  readonly fetch?: Fetch;
  /** `at+jwt` enforces RFC 9068 strictly. Default `any`: `at+jwt`, `JWT` or no `typ`. */
  readonly tokenType?: "any" | "at+jwt";
  /**
   * Also accept ID tokens, for issuers whose clients can send nothing else (Firebase, Google), or
   * whose two kinds look alike (authentik). All other checks still run; refresh and logout tokens
   * stay refused. Every user who logs in to the client that `audience` names is accepted. Default
   * false.
   */
  readonly allowIdTokens?: boolean;
  /**
   * A Standard Schema (zod, valibot, arktype …) that claims must satisfy. Its output is
   * `auth.claims`.
   */
  readonly claims?: StandardSchema<Claims>;
  /**
   * Claims that contain scope, permissions, roles and organization: a name, or a path as a list of
   * names. Default `scope`, `permissions`, `roles`, `org_id`.
   */
  readonly claimNames?: Partial<ClaimNames>;
  /**
   * The format of these claims, such as `{ roles: "keys" }` for ZITADEL. Default `{ scope:
   * "blanks", permissions: "list", roles: "list" }`.
   */
  readonly claimFormats?: Partial<ClaimFormats>;
  /** Short for `claimFormats: { scope: "list" }`, as Okta writes `scp`. Default false. */
  readonly scopeAsList?: boolean;
  /**
   * Asks the issuer about opaque tokens (RFC 7662), which are refused without it. JWTs are still
   * verified locally.
   */
  readonly introspection?: Introspect | IntrospectionOptions;
  /** A deny list, consulted on every check. `createRevocationList` creates one in memory. */
  readonly revocation?: RevocationSource;
  /**
   * Gets tokens for the next API, for `guard.exchange`. `createTokenExchange` of
   * `gatewarden/exchange` creates one. Default: none.
   */
  readonly exchange?: TokenExchange;
  /** DPoP. Default `{ mode: "off" }`. */
  readonly dpop?: DpopOptions;
  /** Mutual TLS. Default `{ mode: "off" }`. */
  readonly mtls?: MtlsOptions;
  /**
   * Trust a proxy's headers for the client's URL and certificate. Default false. True: trust every
   * request, because clients cannot reach this API directly.
   */
  readonly trustProxy?: boolean | TrustProxyOptions;
  /** Where a token may be besides the Authorization header. Default: nowhere. */
  readonly tokenFrom?: TokenFromOptions;
  /**
   * Cache of verified tokens: a known token is not verified again while its key is in the set.
   * Time, binding, revocation and requirement are checked every time. Bounds, or false for no
   * cache. Default 25,000 tokens and 96 MiB.
   */
  readonly cache?: Partial<CacheBounds> | false;
  /**
   * Longest accepted token, in characters. A longer one is answered with 400. Default 16,384, as
   * Node.js accepts for headers (`--max-http-header-size`); at most 65,536.
   */
  readonly maxTokenSize?: number;
  /** The protection space that challenges name (RFC 9110 §11.5). Default `api`. */
  readonly realm?: string;
  /**
   * This API's own URL, or more about it. Publishes RFC 9728 metadata, which every challenge then
   * names. Default: none.
   */
  readonly resource?: string | ResourceOptions;
  /**
   * `development`: refusals include cause, fix, expected and actual, for callers and listeners.
   * Default: off, the generic answer. Cannot be enabled under `NODE_ENV=production`, since it
   * quotes claims.
   */
  readonly explain?: "development";
  /** Called once per check, after the decision. */
  readonly onDecision?: DecisionListener;
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number;
  /** The environment to read from. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The defaults of the options. */
export const defaults: {
  readonly clockTolerance: number;
  readonly maxTokenSize: number;
  readonly realm: string;
  readonly tokenType: "any" | "at+jwt";
  readonly scopeAsList: boolean;
  readonly claimNames: ClaimNames;
  readonly claimFormats: ClaimFormats;
  readonly maxAge: number;
  readonly staleIfError: number;
  readonly timeout: number;
  readonly cache: CacheBounds;
  readonly maxIssuers: number;
  readonly issuerMaxAge: number;
  readonly issuerTimeout: number;
  readonly introspection: Required<
    Pick<IntrospectionOptions, "maxAge" | "inactiveMaxAge" | "maxEntries" | "maxConcurrent" | "timeout">
  >;
  readonly dpopMaxAge: number;
  readonly dpopNonceLifetime: number;
} = {
  clockTolerance: numberOf("clockTolerance"),
  maxTokenSize: numberOf("maxTokenSize"),
  realm: "api",
  tokenType: "any",
  scopeAsList: false,
  claimNames: { scope: "scope", permissions: "permissions", roles: "roles", organization: "org_id" },
  claimFormats: { scope: "blanks", permissions: "list", roles: "list" },
  maxAge: numberOf("keys.maxAge"),
  staleIfError: numberOf("keys.staleIfError"),
  timeout: numberOf("keys.timeout"),
  cache: { maxEntries: numberOf("cache.maxEntries"), maxBytes: numberOf("cache.maxBytes") },
  maxIssuers: numberOf("issuer.maxIssuers"),
  issuerMaxAge: numberOf("issuer.maxAge"),
  issuerTimeout: numberOf("issuer.timeout"),
  introspection: {
    maxAge: numberOf("introspection.maxAge"),
    inactiveMaxAge: numberOf("introspection.inactiveMaxAge"),
    maxEntries: numberOf("introspection.maxEntries"),
    maxConcurrent: numberOf("introspection.maxConcurrent"),
    timeout: numberOf("introspection.timeout"),
  },
  dpopMaxAge: numberOf("dpop.maxAge"),
  dpopNonceLifetime: numberOf("dpop.nonce.lifetime"),
};
