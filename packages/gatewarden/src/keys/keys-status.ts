// State of an issuer's keys, as plain data: for health checks, metrics and operators.

/** Counters since the start. They only increase. */
export interface KeyCounts {
  /** Attempts to fetch the key set, also in the background. */
  readonly refreshes: number;
  /** Attempts without a usable key set. */
  readonly failures: number;
  /** Attempts caused by a token with an unknown `kid`: a rotation, or an attacker who guesses. */
  readonly unknownKeyFetches: number;
  /** How often a key came from a stale set, since the issuer was unreachable. */
  readonly staleServes: number;
  /**
   * Signature checks beyond the first: with the next key that fits a token without `kid`, or with
   * the next of several secrets.
   */
  readonly extraTries: number;
}

/** State of one issuer's keys. Times in seconds since 1970. */
export interface KeysStatus {
  /**
   * `fixed`: configured, never fetched. `missing`: no usable keys. `fresh`. `stale`: no longer
   * fresh, but still used while the issuer is unreachable.
   */
  readonly state: "fixed" | "missing" | "fresh" | "stale";
  /** When the current set was fetched. */
  readonly loadedAt?: number | undefined;
  readonly freshUntil?: number | undefined;
  /** Until when the set is used while the issuer is unreachable. */
  readonly usableUntil?: number | undefined;
  /** Consecutive failed attempts; 0 after a success. */
  readonly failures: number;
  /** The earliest time of the next request to the issuer, while it is failing. */
  readonly retryAt?: number | undefined;
  /**
   * The last error, while the issuer is failing. Its message names a URL and contains nothing from
   * a token.
   */
  readonly lastError?: unknown;
  readonly counts: KeyCounts;
}

/** Counters that can be incremented. */
export type MutableKeyCounts = { -readonly [Name in keyof KeyCounts]: KeyCounts[Name] };

/** All zero. */
export function createKeyCounts(): MutableKeyCounts {
  return { refreshes: 0, failures: 0, unknownKeyFetches: 0, staleServes: 0, extraTries: 0 };
}

/** Status of keys that are never fetched. */
export const fixedKeys: KeysStatus = { state: "fixed", failures: 0, counts: createKeyCounts() };
