// What was used before: proofs are remembered for as long as they could be sent again (RFC 9449 §11.1).
import type { Awaitable } from "../awaitable.js";
import { type Dependency, DependencyError } from "../dependency.js";
import { AuthError } from "../errors.js";

/** Remembers ids of used proofs. A fleet of servers shares one; it must be able to insert and compare in one step. */
export interface ReplayStore {
  /**
   * Inserts the id unless it is there, as one atomic step; true when it was new. Keeps it until `expiresAt`, in seconds since 1970.
   * What throws, rejects or answers anything else is answered with 503: nobody is let in unchecked.
   */
  add(id: string, expiresAt: number): Awaitable<boolean>;
  /** How many ids it holds, where it can say at no cost: for metrics. */
  readonly size?: number;
}

/** A store, and how it is doing. */
export interface WatchedStore {
  readonly store: ReplayStore;
  readonly watch: Dependency | undefined;
}

/** Options of `createMemoryReplayStore`. */
export interface MemoryReplayOptions {
  /** The most ids kept at one time. Default 100,000: about 1,500 proofs per second at a `maxAge` of 60. */
  readonly capacity?: number;
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number;
}

/**
 * A store in the memory of one process. When it is full of ids that could still be replayed, it throws rather than forget one.
 * Throws `RangeError` for a capacity that is no positive whole number.
 */
export function createMemoryReplayStore(options: MemoryReplayOptions = {}): ReplayStore {
  const { capacity = 100_000, now = () => Date.now() / 1000 } = options;
  if (!Number.isSafeInteger(capacity) || capacity < 1) throw new RangeError("capacity must be a positive whole number");
  return new MemoryReplayStore(capacity, now);
}

/** Adds an id that must be new. Throws, or rejects with, `AuthError`: `dpop_replayed`, `replay_store_unavailable`. */
export function addOnce({ store, watch }: WatchedStore, id: string, expiresAt: number): Awaitable<undefined> {
  let answer: Awaitable<boolean>;
  try {
    answer = store.add(id, expiresAt);
  } catch (cause) {
    throw unavailable(cause, watch);
  }
  if (typeof answer === "boolean") return settle(answer, watch);
  return Promise.resolve(answer).then(
    (isNew) => settle(isNew, watch),
    (cause: unknown) => {
      throw unavailable(cause, watch);
    },
  );
}

function settle(isNew: unknown, watch: Dependency | undefined): undefined {
  if (typeof isNew !== "boolean")
    throw unavailable(new DependencyError("The replay store answered neither true nor false"), watch);
  watch?.noteAnswer();
  if (!isNew) throw new AuthError("dpop_replayed");
  return undefined;
}

function unavailable(cause: unknown, watch: Dependency | undefined): AuthError {
  watch?.noteFailure(cause);
  return new AuthError("replay_store_unavailable", { cause, retryAfter: 1 });
}

/** Ids by the second in which they end, so that forgetting costs no search. */
class MemoryReplayStore implements ReplayStore {
  readonly #capacity: number;
  readonly #now: () => number;
  readonly #ids = new Set<string>();
  readonly #endings = new Map<number, string[]>();
  #swept = Number.NEGATIVE_INFINITY;

  constructor(capacity: number, now: () => number) {
    this.#capacity = capacity;
    this.#now = now;
  }

  get size(): number {
    return this.#ids.size;
  }

  add(id: string, expiresAt: number): boolean {
    this.#sweep(Math.floor(this.#now()));
    // What has ended may have been forgotten, even if the clock was set back since: it is never new.
    if (!(expiresAt > this.#swept)) return false;
    const { size } = this.#ids;
    if (size >= this.#capacity) {
      if (this.#ids.has(id)) return false;
      throw new DependencyError("The replay store is full");
    }
    // One look instead of two: what was there already adds nothing.
    this.#ids.add(id);
    if (this.#ids.size === size) return false;
    const second = Math.ceil(expiresAt);
    const ending = this.#endings.get(second);
    if (ending) ending.push(id);
    else this.#endings.set(second, [id]);
    return true;
  }

  #sweep(second: number): void {
    if (!(second > this.#swept)) return;
    this.#swept = second;
    for (const [ending, ids] of this.#endings) {
      if (ending > second) continue;
      for (const id of ids) this.#ids.delete(id);
      this.#endings.delete(ending);
    }
  }
}
