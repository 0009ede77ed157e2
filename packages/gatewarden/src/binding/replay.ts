// Used proofs: their ids are stored for as long as the proofs could be sent again (RFC 9449 §11.1).

import { AuthError } from "../errors.js";
import { type Dependency, DependencyError } from "../monitoring/dependency.js";
import type { Awaitable } from "../platform/awaitable.js";

/**
 * Stores ids of used proofs. All servers of a fleet share one store, which must insert and compare
 * atomically.
 */
export interface ReplayStore {
  /**
   * Inserts the id unless it is present, as one atomic step; true when it was new. Keeps it until
   * `expiresAt`, in seconds since 1970. If it throws, rejects or returns anything else, the request
   * is answered with 503.
   *
   * `holder` is the same for all ids of one client's key (its RFC 7638 thumbprint). A store with
   * limited capacity may count ids per holder, and throw beyond a share, so that one client cannot
   * fill the store. The holder need not be stored with the id, which already depends on the key.
   */
  add(id: string, expiresAt: number, holder?: string): Awaitable<boolean>;
  /** How many ids it contains, where that is cheap to determine: for metrics. */
  readonly size?: number;
}

/** A store, and the record of its state. */
export interface WatchedStore {
  readonly store: ReplayStore;
  readonly watch: Dependency | undefined;
}

/** The use of one proof. */
export interface ProofUse {
  readonly id: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  /** Thumbprint of the proof's key. */
  readonly holder: string;
}

/** One key holds its share of a store. The store works, so this is not a failure of the store. */
export class ShareError extends DependencyError {}

/**
 * Adds an id that must be new. Throws, or rejects with, `AuthError`: `dpop_replayed`,
 * `replay_store_unavailable`.
 */
export function addOnce({ store, watch }: WatchedStore, { id, expiresAt, holder }: ProofUse): Awaitable<undefined> {
  let answer: Awaitable<boolean>;
  try {
    answer = store.add(id, expiresAt, holder);
  } catch (cause) {
    throw replayUnavailable(cause, watch);
  }
  if (typeof answer === "boolean") return settle(answer, watch);
  return Promise.resolve(answer).then(
    (isNew) => settle(isNew, watch),
    (cause: unknown) => {
      throw replayUnavailable(cause, watch);
    },
  );
}

function settle(isNew: unknown, watch: Dependency | undefined): undefined {
  if (typeof isNew !== "boolean")
    throw replayUnavailable(new DependencyError("The replay store answered neither true nor false"), watch);
  watch?.noteAnswer();
  if (!isNew) throw new AuthError("dpop_replayed");
  return undefined;
}

function replayUnavailable(cause: unknown, watch: Dependency | undefined): AuthError {
  // One client that sends too much must not make the store report as failing.
  if (cause instanceof ShareError) watch?.noteAnswer();
  else watch?.noteFailure(cause);
  return new AuthError("replay_store_unavailable", { cause, retryAfter: 1 });
}
