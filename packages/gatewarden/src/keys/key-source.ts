// The interface of every key source. It answers synchronously when the keys are loaded.
import type { Awaitable } from "../platform/awaitable.js";
import type { Verify } from "../token/signature.js";
import type { KeyQuery } from "./key-set.js";
import type { KeysStatus } from "./keys-status.js";

/** A source of keys for one issuer. */
export interface KeySource {
  /**
   * The verifier for a token's header. Throws, or rejects with, `AuthError`: `key_unknown`,
   * `key_ambiguous`, `key_unsuitable`, or `keys_unavailable` when no keys are loaded. `now`, in
   * seconds since 1970, where the caller has just read it.
   */
  pick(query: KeyQuery, now?: number): Awaitable<Verify>;
  /**
   * Seconds by which the issuer's clock was ahead of ours when it last answered; undefined while
   * unknown.
   */
  clockOffset?(): number | undefined;
  /** Resolves once keys are loaded; rejects with what prevents it. */
  ready(): Promise<void>;
  /** State of the keys. Fetches nothing. */
  status(): KeysStatus;
}
