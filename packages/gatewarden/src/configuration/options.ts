// The options of a guard: what each does, in prose. What it must be, its default and the names it
// has in the environment are rows of `option-table.ts`.

import type { BindingMode } from "../binding/confirmation.js";
import type { ReplayStore } from "../binding/replay.js";
import type { Introspect, IntrospectionOptions } from "../introspection/introspect.js";
import type { ClaimFormats, ClaimNames } from "../issuer/policy.js";
import type { DecisionListener } from "../monitoring/decision.js";
import type { Awaitable } from "../platform/awaitable.js";
import type { Fetch } from "../platform/fetch.js";
import type { GuardRequest } from "../request/credentials.js";
import type { ResourceOptions } from "../request/metadata.js";
import type { ForwardingHeader } from "../request/proxy.js";
import type { RevocationSource } from "../revocation/refuse-revoked.js";
import type { Algorithm, AsymmetricAlgorithm } from "../token/algorithms.js";
import type { CacheBounds } from "../token/cache.js";
import type { StandardSchema } from "../token/standard-schema.js";
import { numberOf } from "./option-table.js";

type PublicKey = import("node:crypto").KeyObject | string | Readonly<Record<string, unknown>>;

/** Where an issuer's keys come from. Without it they are discovered from the issuer. */
export type KeysOptions =
  /** A JWK Set at a fixed address. */
  | (KeyTimes & RsaPin & SecretBeside & { readonly jwksUri: string })
  /** A JWK Set given here: nothing is fetched. */
  | (RsaPin & SecretBeside & { readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] } })
  /** One public key: PEM (SPKI), JWK or `KeyObject`. Whatever `kid` a token names, only this key verifies it. */
  | (RsaPin & SecretBeside & { readonly publicKey: PublicKey })
  /**
   * A shared secret for HS256, HS384 or HS512, at least as long as the hash, or up to four during a
   * rotation: each is tried. No other algorithm is accepted then (RFC 7518 §3.2).
   */
  | { readonly secret: Secrets }
  /** Discovery, with other times. */
  | (KeyTimes & RsaPin);

type Secrets = string | Uint8Array | readonly (string | Uint8Array)[];

interface SecretBeside {
  /**
   * A shared secret, or up to four, for the HS256, HS384 and HS512 tokens of an issuer that moves
   * to public keys or away from them. It verifies nothing else, and public keys never verify those
   * (CVE-2016-10555).
   */
  readonly secret?: Secrets;
}

interface RsaPin {
  /**
   * The one algorithm that RSA keys verify which do not name theirs in `alg` (RFC 8725 §3.1: one key, one algorithm). Tokens that such a key
   * signed with another one are refused with `key_unsuitable`. Default: all RSA algorithms that `algorithms` allows.
   */
  readonly rsaAlgorithm?: Extract<Algorithm, `RS${string}` | `PS${string}`>;
}

/** How long keys are kept, in seconds. */
export interface KeyTimes {
  /** The longest time for which a fetched set is fresh, whatever the server's `Cache-Control` says. Default 600. */
  readonly maxAge?: number;
  /** How long an old set serves on while the issuer cannot be reached. Default 86,400; 0 switches it off. */
  readonly staleIfError?: number;
  /** How long one request to the issuer may take; all that one load needs may take twice that. Default 5. */
  readonly timeout?: number;
}

/**
 * The terms on which one issuer is trusted. What is left out is taken from the guard's own options. `Claims` is what its own schema
 * gives; `never` means that it has none.
 */
export interface IssuerOptions<Claims = never> {
  /**
   * Exact `iss` of its tokens, such as `https://acme.eu.auth0.com/`. With `keys` of its own, or a `discoveryUrl`, it may be any name, such as
   * AD FS' `http://sts.acme.com/adfs/services/trust` or `urn:acme` (RFC 7519 §4.1.1 StringOrURI).
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
  readonly allowIdTokens?: boolean;
  /** A schema for this issuer's claims instead of the guard's. Its output has the same type. */
  readonly claims?: StandardSchema<Claims>;
  readonly claimNames?: Partial<ClaimNames>;
  readonly claimFormats?: Partial<ClaimFormats>;
  readonly scopeAsList?: boolean;
}

/**
 * Finds the terms of the issuer that a token names, among data of your own; undefined for one that is not trusted. The terms must
 * name that `iss`, letter for letter. Never build them from `iss` alone: whoever can put up a server could then write tokens.
 * `iss` is any name that a token may hold (RFC 7519 §4.1.1), and not verified yet: look it up, never fetch it.
 */
export type ResolveIssuer<Claims = never> = (
  iss: string,
  tenant: string | undefined,
) => Awaitable<IssuerOptions<Claims> | null | undefined>;

/** Issuers that are looked up when a token of theirs comes, such as the tenants of a product. */
export interface IssuerResolver<Claims = never> {
  /**
   * Asked once per issuer while the answer is kept. A known issuer is asked about again after three quarters of `maxAge`, while its users are
   * served. When it throws, rejects or takes longer than `timeout`, a known issuer keeps its old terms until twice its `maxAge` has
   * passed. All other tokens are refused with `issuer_unavailable` (503, `Retry-After`). Terms that cannot be right are refused with
   * `check_failed` (500).
   */
  readonly resolve: ResolveIssuer<Claims>;
  /**
   * What of a request decides which issuers are trusted, such as its host: answers are kept apart by it, and `resolve` gets it. Default:
   * nothing of it does.
   */
  readonly tenant?: (request: GuardRequest) => string | undefined;
  /** How many issuers are held, with their keys. Those unused for longest go first, and are looked up again when needed. Default 1,000. */
  readonly maxIssuers?: number;
  /**
   * Seconds after which an issuer is looked up again: how long a removed one stays trusted, or twice as long while `resolve` fails. Unchanged
   * terms keep their keys. Default 600.
   */
  readonly maxAge?: number;
  /** Seconds that one look-up may take. Default 5. */
  readonly timeout?: number;
  /**
   * Let metadata and keys of these issuers come from this machine or a private network (RFC 1918, RFC 4193 and their like). Default false:
   * tenants who enter their own issuer could make this server ask its own network (CWE-918). Hosts are judged by their name: a public
   * name that DNS leads inside is not noticed. Against those, list `allowedHosts`, or give a `fetch` that looks at the address.
   */
  readonly allowPrivateNetwork?: boolean;
}

/** Tokens bound to a key that each request proves with a DPoP proof (RFC 9449). */
export interface DpopOptions {
  /** `allowed`: beside bearer tokens. `required`: no others. `off`, the default: bound tokens are refused, never taken as unbound. */
  readonly mode: BindingMode;
  /** Where used proofs are remembered. Default: `createMemoryReplayStore()`, which is enough for a single process. */
  readonly replay?: ReplayStore;
  /** Demand a nonce of this server in every proof, which stops proofs made in advance. Default false. */
  readonly nonce?: boolean | DpopNonceOptions;
  /** Algorithms of proofs, which challenges list. Default: all asymmetric ones. */
  readonly algorithms?: readonly AsymmetricAlgorithm[];
  /** Seconds for which a proof is good. Default 60, at most 600; `clockTolerance` is added at both ends (RFC 9449 §11.1). */
  readonly maxAge?: number;
}

/** How nonces for proofs are made. */
export interface DpopNonceOptions {
  /** At least 32 bytes, the same on all servers of a fleet. Default: random, for this process alone. */
  readonly secret?: string | Uint8Array;
  /** Seconds after which a new nonce begins; the one before is good for as long again. Default 300. */
  readonly lifetime?: number;
}

/**
 * A token elsewhere than in Authorization, never beside one there (`credentials_multiple`). It must be
 * the token as it is, neither quoted nor encoded. A token that is bound to a DPoP key is refused there.
 *
 * - `header`: set by an identity-aware proxy, and believed only from those that `trustProxy` names.
 * - `cookie`: unsafe methods (all but GET, HEAD and OPTIONS) and WebSockets must come from one of
 *   `origins`, as `Origin` says, or from the API's own pages (`Sec-Fetch-Site: same-origin`). All else
 *   is refused with `origin_not_allowed` (403). Name it `__Host-…` (RFC 6265bis §4.1.3).
 */
export type TokenFromOptions =
  | { readonly header: string }
  | { readonly cookie: string; readonly origins: readonly string[] };

/** Tokens bound to the client's TLS certificate (RFC 8705). */
export interface MtlsOptions {
  /** `allowed`: beside bearer tokens. `required`: no others. `off`, the default: bound tokens are refused, never taken as unbound. */
  readonly mode: BindingMode;
  /**
   * Where a proxy that ends TLS puts the client's certificate. Read only from proxies that `trustProxy` names. Default: only the
   * certificate of the connection itself counts. `header` is `x-forwarded-client-cert` for Envoy, `client-cert` for RFC 9440.
   */
  readonly certificate?:
    | { readonly format: "nginx"; readonly header: string }
    | { readonly format: "envoy" | "rfc9440"; readonly header?: string };
}

/** Which proxies are believed, and about what. */
export interface TrustProxyOptions {
  /** Addresses and ranges of the proxies, such as `10.0.0.0/8`. Default: every request comes through one. */
  readonly addresses?: readonly string[];
  /**
   * Headers that the outermost proxy sets on every request, replacing the client's. Default `x-forwarded-proto`,
   * `x-forwarded-host`, `x-forwarded-port`. One that the proxy does not set must not be listed: the client's own would be believed.
   */
  readonly headers?: readonly ForwardingHeader[];
}

/** Options of `createGuard`. Only issuer and audience are needed, and they may come from the environment. */
export interface GuardOptions<Claims = unknown> {
  /**
   * Whom tokens are accepted from: one issuer, a list, or a look-up. Default: `AUTH0_DOMAIN`, or `ISSUER_BASE_URL`, of the environment. An
   * Auth0 tenant with a custom domain issues under both names: list both.
   */
  readonly issuer?:
    | string
    | IssuerOptions<NoInfer<Claims>>
    | readonly (string | IssuerOptions<NoInfer<Claims>>)[]
    | ResolveIssuer<NoInfer<Claims>>
    | IssuerResolver<NoInfer<Claims>>;
  /**
   * This API's identifier: one of a token's `aud` must be it. Default: `AUTH0_AUDIENCE`, or `AUDIENCE`, of the environment. False, which needs
   * `clientId`: the issuer's access tokens name no audience, as Cognito's. A token that names one is refused then: it is an ID token, or for
   * another API (RFC 7519 §4.1.3).
   */
  readonly audience?: string | readonly string[] | false;
  /**
   * The clients whose tokens are accepted, compared letter for letter with `client_id` (RFC 8693 §4.3, RFC 9068 §2.2) and `azp` (OIDC Core
   * §2): each of the two that a token has must be listed, and one must be there. Where neither is, with Microsoft's `appid` and Okta's `cid`.
   * Refuses with `client_mismatch` or `claim_missing`. Beside an audience, both must hold. Default: any client of the issuer.
   */
  readonly clientId?: string | readonly string[];
  /**
   * Default: every asymmetric algorithm that fits the key; with a secret, the HMAC algorithms that
   * it is long enough for, beside public keys both.
   */
  readonly algorithms?: readonly Algorithm[];
  /** Seconds by which this machine's clock may differ from the issuer's. Default 5, at most 300. */
  readonly clockTolerance?: number;
  /** Default: discovery (OpenID Connect, then RFC 8414). With several issuers only times are taken here; keys belong to each issuer's own terms. */
  readonly keys?: KeysOptions;
  /** Where to fetch the issuer's metadata, when not at its well-known place (containers). `iss` stays the public issuer. */
  readonly discoveryUrl?: string;
  /**
   * The only hosts that metadata and keys may be fetched from, such as `acme.eu.auth0.com` or `localhost:9000`, compared letter for letter. Where
   * metadata name keys elsewhere, tokens are refused with `keys_unavailable`. Default: the hosts of issuer, `discoveryUrl` and
   * `jwks_uri`, whatever they are.
   */
  readonly allowedHosts?: readonly string[];
  /**
   * Hosts that may be asked for metadata and keys over plain http, such as `keycloak:8080` in a compose file, compared letter for letter with
   * the port. Anyone who can change that traffic can replace the keys, so list only names of a network of your own; each is warned about once.
   * An issuer that is looked up is never discovered over http at its own name: give it a `discoveryUrl` or `keys.jwksUri`. Default: http on
   * this machine itself only.
   */
  readonly insecureHttpHosts?: readonly string[];
  /** What fetches metadata and keys: undici's `fetch`, a function around one. Default: the global `fetch` of the moment. */
  readonly fetch?: Fetch;
  /** `at+jwt` demands RFC 9068 to the letter. Default `any`: `at+jwt`, `JWT` or no `typ`. */
  readonly tokenType?: "any" | "at+jwt";
  /**
   * Accept ID tokens too, where an issuer's clients can send nothing else (Firebase, Google), or its
   * two kinds look alike (authentik). Everything else is checked; refresh and logout tokens stay
   * refused. Whoever logs in to the client `audience` names gets in. Default false.
   */
  readonly allowIdTokens?: boolean;
  /** A Standard Schema (zod, valibot, arktype …) that claims must satisfy. Its output is `auth.claims`. */
  readonly claims?: StandardSchema<Claims>;
  /**
   * Claims that hold scope, permissions, roles and organization: a name, or the way to it as a list
   * of names. Default `scope`, `permissions`, `roles`, `org_id`.
   */
  readonly claimNames?: Partial<ClaimNames>;
  /**
   * In which shape they stand there, such as `{ roles: "keys" }` for ZITADEL. Default
   * `{ scope: "blanks", permissions: "list", roles: "list" }`.
   */
  readonly claimFormats?: Partial<ClaimFormats>;
  /** The short form of `claimFormats: { scope: "list" }`, as Okta writes `scp`. Default false. */
  readonly scopeAsList?: boolean;
  /** Asks the issuer about opaque tokens (RFC 7662), which are refused without it. JWTs are verified here all the same. */
  readonly introspection?: Introspect | IntrospectionOptions;
  /** A deny list, asked on every check. `createRevocationList` makes one in memory. */
  readonly revocation?: RevocationSource;
  /** DPoP. Default `{ mode: "off" }`. */
  readonly dpop?: DpopOptions;
  /** Mutual TLS. Default `{ mode: "off" }`. */
  readonly mtls?: MtlsOptions;
  /** Believe what a proxy says about the client's URL and certificate. Default false. True: always, because nobody reaches this API directly. */
  readonly trustProxy?: boolean | TrustProxyOptions;
  /** Where a token may stand besides the Authorization header. Default: nowhere. */
  readonly tokenFrom?: TokenFromOptions;
  /**
   * Tokens that were verified before and come again are not verified again, as long as their key is in the set; time, binding,
   * revocation and requirement are checked every time. Bounds, or false for no cache. Default 25,000 tokens and 96 MiB.
   */
  readonly cache?: Partial<CacheBounds> | false;
  /**
   * Longest token accepted, in characters. A longer one is answered 400. Default 16,384, as Node.js
   * takes of headers (`--max-http-header-size`); at most 65,536.
   */
  readonly maxTokenSize?: number;
  /** The protection space that challenges name (RFC 9110 §11.5). Default `api`. */
  readonly realm?: string;
  /** This API's own URL, or more about it. Publishes RFC 9728 metadata, which every challenge then points to. Default: none. */
  readonly resource?: string | ResourceOptions;
  /**
   * `development`: refusals say cause, fix, expected and actual to whoever calls, and to listeners. Default: off, the generic answer.
   * Refuses to switch on under `NODE_ENV=production`, since it quotes claims.
   */
  readonly explain?: "development";
  /** Called once per check, after the decision. */
  readonly onDecision?: DecisionListener;
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number;
  /** The environment to read from. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What is assumed where an option is left out. */
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
