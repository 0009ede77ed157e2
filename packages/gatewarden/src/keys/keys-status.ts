// How an issuer's keys are doing, as plain data: for health checks, metrics and whoever is on call.

/** What was done for keys since the start. Only ever grows. */
export interface KeyCounts {
  /** Attempts to fetch the key set, in the background or not. */
  readonly refreshes: number;
  /** Those that brought no usable key set. */
  readonly failures: number;
  /** Attempts that a token with an unknown `kid` caused: a rotation, or somebody guessing. */
  readonly unknownKeyFetches: number;
  /** How often a key was taken from a set past its time, as the issuer could not be asked. */
  readonly staleServes: number;
  /**
   * Signature checks beyond the first: with the next key that fits a token without `kid`, or the
   * next of several secrets.
   */
  readonly extraTries: number;
}

/** How one issuer's keys are doing. Times in seconds since 1970. */
export interface KeysStatus {
  /** `fixed`: configured, never fetched. `missing`: there are none to use. `fresh`, or past their time: `stale`, and still used while the issuer cannot be asked. */
  readonly state: "fixed" | "missing" | "fresh" | "stale";
  /** When the set at hand was fetched. */
  readonly loadedAt?: number | undefined;
  readonly freshUntil?: number | undefined;
  /** Until when the set serves while the issuer cannot be asked. */
  readonly usableUntil?: number | undefined;
  /** Attempts that failed in a row; 0 while all is well. */
  readonly failures: number;
  /** When the issuer is asked again at the earliest, while it is failing. */
  readonly retryAt?: number | undefined;
  /** What went wrong last, while it is failing. Its message names a URL and holds nothing of a token. */
  readonly lastError?: unknown;
  readonly counts: KeyCounts;
}

/** Counters to be added to. */
export type MutableKeyCounts = { -readonly [Name in keyof KeyCounts]: KeyCounts[Name] };

/** All zero. */
export function createKeyCounts(): MutableKeyCounts {
  return { refreshes: 0, failures: 0, unknownKeyFetches: 0, staleServes: 0, extraTries: 0 };
}

/** Of keys that are never fetched. */
export const fixedKeys: KeysStatus = { state: "fixed", failures: 0, counts: createKeyCounts() };
