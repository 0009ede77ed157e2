// Used proofs in the memory of one process: bounded, shared between keys, and safe when the wall
// clock changes.
import { DependencyError } from "../monitoring/dependency.js";
import { type ReplayStore, ShareError } from "./replay.js";
import { createSpans } from "./spans.js";

/** Options of `createMemoryReplayStore`. */
export interface MemoryReplayOptions {
  /**
   * Maximum number of ids. Default 200,000: about 3,000 proofs per second with a `maxAge` of 60 and
   * a `clockTolerance` of 5, in some 30 MB. One key may hold a quarter of the free capacity, and a
   * hundred in any case: about 600 proofs per second when it is alone, 450 beside one that takes
   * its maximum, 200 beside five.
   */
  readonly capacity?: number;
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number;
}

/**
 * A store in the memory of one process. When it is full of ids that could still be replayed, or one
 * key holds its share, it throws rather than forget one. Throws `RangeError` for a capacity that is
 * not a positive integer.
 */
export function createMemoryReplayStore(options: MemoryReplayOptions = {}): ReplayStore {
  const { capacity = 200_000, now = () => Date.now() / 1000 } = options;
  if (!Number.isSafeInteger(capacity) || capacity < 1) throw new RangeError("capacity must be a positive whole number");
  return new MemoryReplayStore(capacity, now);
}

/** The share of the free capacity that one key may hold, and its minimum in ids. */
const share = 1 / 4;
const leastShare = 100;

/** A key, and how many ids it holds. */
interface Holder {
  readonly key: string;
  count: number;
}

/** The ids that expire in one second. */
interface EndingSecond {
  readonly ids: string[];
  /** The holder of each id. */
  readonly holders: (Holder | undefined)[];
  /** When the last of them expires by the host's clock. */
  keepUntil: number;
}

/**
 * Ids by the second in which they expire, so that removing them needs no search. Proofs are dated
 * by the wall clock, which may be wrong for a while. So an id is removed only when it has expired
 * by the wall clock and its remaining time has also passed by the host's monotonic clock: a step
 * ahead and back removes nothing. (A monotonic clock that follows steps ahead, as used for cached
 * data, would remove ids here.) When capacity is short, the wall clock alone decides. In both cases
 * the store remembers the seconds whose ids were removed: proofs that expire in them are never
 * accepted, even if the wall clock is set back.
 */
class MemoryReplayStore implements ReplayStore {
  readonly #capacity: number;
  readonly #now: () => number;
  readonly #ids = new Set<string>();
  readonly #holders = new Map<string, Holder>();
  readonly #endings = new Map<number, EndingSecond>();
  readonly #forgotten = createSpans();
  #sweptAt = Number.NaN;
  #pressedAt = Number.NaN;

  constructor(capacity: number, now: () => number) {
    this.#capacity = capacity;
    this.#now = now;
  }

  get size(): number {
    return this.#ids.size;
  }

  add(id: string, expiresAt: number, key?: string): boolean {
    const wall = this.#now();
    const host = performance.now() / 1000;
    const second = Math.floor(wall);
    if (second !== this.#sweptAt) this.#sweep(second, host);
    const endsIn = Math.ceil(expiresAt);
    if (!(expiresAt > second) || this.#forgotten.has(endsIn)) return false;
    const holder = key === undefined ? undefined : this.#find(key);
    const problem = this.#findProblem(holder, second);
    if (problem) {
      if (this.#ids.has(id)) return false;
      throw problem;
    }
    const { size } = this.#ids;
    // One look-up instead of two: adding an existing id does not change the size.
    this.#ids.add(id);
    if (this.#ids.size === size) return false;
    if (holder && ++holder.count === 1) this.#holders.set(holder.key, holder);
    this.#note({ id, holder, endsIn, keepUntil: host + expiresAt - wall });
    return true;
  }

  #find(key: string): Holder {
    return this.#holders.get(key) ?? { key, count: 0 };
  }

  #findProblem(holder: Holder | undefined, second: number): DependencyError | undefined {
    if (!this.#isShort(holder)) return undefined;
    if (second !== this.#pressedAt) {
      this.#pressedAt = second;
      this.#sweep(second, Number.POSITIVE_INFINITY);
      if (!this.#isShort(holder)) return undefined;
    }
    if (this.#ids.size >= this.#capacity) return new DependencyError("The replay store is full");
    return new ShareError("One key holds its share of the replay store");
  }

  /**
   * A share of the free capacity rather than of all: where several keys hold their maximum, the
   * next key still gets some.
   */
  #isShort(holder: Holder | undefined): boolean {
    const left = this.#capacity - this.#ids.size;
    return left <= 0 || (holder !== undefined && holder.count >= Math.max(leastShare, left * share));
  }

  #note({
    id,
    holder,
    endsIn,
    keepUntil,
  }: { id: string; holder: Holder | undefined } & Record<"endsIn" | "keepUntil", number>): void {
    let ending = this.#endings.get(endsIn);
    if (ending === undefined) {
      ending = { ids: [], holders: [], keepUntil };
      this.#endings.set(endsIn, ending);
    }
    ending.ids.push(id);
    ending.holders.push(holder);
    ending.keepUntil = Math.max(ending.keepUntil, keepUntil);
  }

  /**
   * Removes what has expired by both clocks. There are as many entries as a proof's lifetime has
   * seconds, and some more after the wall clock was set back.
   */
  #sweep(second: number, host: number): void {
    this.#sweptAt = second;
    for (const [endsIn, { ids, holders, keepUntil }] of this.#endings) {
      if (endsIn > second || keepUntil > host) continue;
      for (const id of ids) this.#ids.delete(id);
      for (const holder of holders) if (holder && --holder.count === 0) this.#holders.delete(holder.key);
      this.#endings.delete(endsIn);
      this.#forgotten.add(endsIn);
    }
  }
}
