// The options that say what is believed of a request: proofs, certificates, proxies, places of
// tokens.
import type { BindingMode } from "../binding/confirmation.js";
import type { GetCertificate } from "../binding/given-certificate.js";
import type { NonceSecrets } from "../binding/nonce.js";
import type { ReplayStore } from "../binding/replay.js";
import type { ForwardingHeader } from "../request/proxy.js";
import type { AsymmetricAlgorithm } from "../token/algorithms.js";
import type { MisnamedDpop, MisnamedMtls } from "./foreign-names.js";

/** Tokens bound to a key that each request proves with a DPoP proof (RFC 9449). */
export interface DpopOptions extends MisnamedDpop {
  /**
   * `allowed`: also accept bearer tokens. `required`: accept no others. `off`, the default: refuse
   * bound tokens; they are never accepted as unbound.
   */
  readonly mode: BindingMode;
  /**
   * Where used proofs are stored. Default: `createMemoryReplayStore()`, which is enough for a
   * single process.
   */
  readonly replay?: ReplayStore;
  /**
   * Require a nonce from this server in every proof, which stops proofs made in advance. Default
   * false.
   */
  readonly nonce?: boolean | DpopNonceOptions;
  /** Allowed algorithms of proofs, which challenges list. Default: all asymmetric ones. */
  readonly algorithms?: readonly AsymmetricAlgorithm[];
  /**
   * Seconds for which a proof is valid. Default 60, at most 600; `clockTolerance` is added at both
   * ends (RFC 9449 §11.1).
   */
  readonly maxAge?: number;
}

/** How nonces for proofs are created. */
export interface DpopNonceOptions {
  /**
   * At least 32 bytes, the same on all servers of a fleet, or secrets that change in time:
   * `createRedisNonceSecrets` of `gatewarden/redis`. Default: random, for this process alone.
   */
  readonly secret?: string | Uint8Array | NonceSecrets;
  /**
   * Seconds after which a new nonce is used; the previous one stays valid for the same time.
   * Default 300.
   */
  readonly lifetime?: number;
}

/**
 * Where a token may be instead of Authorization. Tokens in both places are refused with
 * `credentials_multiple`. The token must be neither quoted nor encoded. A token bound to a DPoP key
 * is refused there.
 *
 * - `header`: set by an identity-aware proxy, and read only from proxies that `trustProxy` names.
 * - `cookie`: unsafe methods (all but GET, HEAD and OPTIONS) and WebSockets must come from one of
 *   `origins`, according to `Origin`, or from the API's own pages (`Sec-Fetch-Site: same-origin`).
 *   Other requests are refused with `origin_not_allowed` (403). Name it `__Host-…` (RFC 6265bis
 *   §4.1.3).
 */
export type TokenFromOptions =
  | { readonly header: string }
  | { readonly cookie: string; readonly origins: readonly string[] };

/** Tokens bound to the client's TLS certificate (RFC 8705). */
export interface MtlsOptions extends MisnamedMtls {
  /**
   * `allowed`: also accept bearer tokens. `required`: accept no others. `off`, the default: refuse
   * bound tokens; they are never accepted as unbound.
   */
  readonly mode: BindingMode;
  /**
   * Where a proxy that terminates TLS puts the client's certificate. Read only from proxies that
   * `trustProxy` names. Default: only the certificate of the connection itself counts. `header`
   * defaults to `x-forwarded-client-cert` for Envoy, and to `client-cert` for RFC 9440.
   *
   * Or a function that finds the certificate itself, as on a platform that ends TLS. Nothing else
   * is read then, and `trustProxy` does not matter: never take it from a header that clients can
   * send. Undefined is refused with `certificate_missing`, a value of another form with
   * `certificate_malformed`, and a function that throws or rejects with `check_failed` (500).
   */
  readonly certificate?:
    | GetCertificate
    | { readonly format: "nginx"; readonly header: string }
    | { readonly format: "envoy" | "rfc9440"; readonly header?: string };
}

/** Which proxies are trusted, and which of their headers. */
export interface TrustProxyOptions {
  /**
   * Addresses and ranges of the proxies, such as `10.0.0.0/8`. Default: every request comes through
   * one.
   */
  readonly addresses?: readonly string[];
  /**
   * Headers that the outermost proxy sets on every request, replacing the client's. Default
   * `x-forwarded-proto`, `x-forwarded-host`, `x-forwarded-port`. Do not list one that the proxy
   * does not set: the client's own would be trusted.
   */
  readonly headers?: readonly ForwardingHeader[];
}
