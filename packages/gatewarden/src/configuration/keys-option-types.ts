// The option `keys`: where an issuer's keys come from, and for how long they are kept.
import type { Algorithm } from "../token/algorithms.js";

type PublicKey = import("node:crypto").KeyObject | string | Readonly<Record<string, unknown>>;

/** Where an issuer's keys come from. Default: discovery from the issuer. */
export type KeysOptions =
  /** A JWK Set at a fixed URL. */
  | (KeyTimes & RsaPin & SecretBeside & { readonly jwksUri: string })
  /** A JWK Set in the options: nothing is fetched. */
  | (RsaPin & SecretBeside & { readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] } })
  /**
   * One public key: PEM (SPKI), JWK or `KeyObject`. Only this key verifies tokens, regardless of
   * their `kid`.
   */
  | (RsaPin & SecretBeside & { readonly publicKey: PublicKey })
  /**
   * A shared secret for HS256, HS384 or HS512, at least as long as the hash; up to four during a
   * rotation, of which each is tried. Accepts no other algorithm (RFC 7518 §3.2).
   */
  | { readonly secret: Secrets }
  /** Discovery with different times. */
  | (KeyTimes & RsaPin);

type Secrets = string | Uint8Array | readonly (string | Uint8Array)[];

interface SecretBeside {
  /**
   * A shared secret, or up to four, for the HS256, HS384 and HS512 tokens of an issuer that moves
   * to public keys or away from them. It verifies no other algorithm, and public keys never verify
   * these (CVE-2016-10555).
   */
  readonly secret?: Secrets;
}

interface RsaPin {
  /**
   * The only algorithm for RSA keys without an `alg` of their own (RFC 8725 §3.1: one key, one
   * algorithm). A token that such a key signed with another algorithm is refused with
   * `key_unsuitable`. Default: all RSA algorithms that `algorithms` allows.
   */
  readonly rsaAlgorithm?: Extract<Algorithm, `RS${string}` | `PS${string}`>;
}

/** How long keys are kept, in seconds. */
export interface KeyTimes {
  /**
   * The longest time for which a fetched set is fresh, regardless of the server's `Cache-Control`.
   * Default 600.
   */
  readonly maxAge?: number;
  /**
   * How long an old set is still used while the issuer is unreachable. Default 86,400; 0 disables
   * it.
   */
  readonly staleIfError?: number;
  /**
   * Time limit for one request to the issuer; all requests of one load together may take twice as
   * long. Default 5.
   */
  readonly timeout?: number;
}
