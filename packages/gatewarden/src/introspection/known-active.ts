// Tokens that were active when the server was last asked. Stores only a hash and times, no claims.

/**
 * How long a token counts as known, in seconds. Within an hour, most users return or have a new
 * token.
 */
const knownFor = 3600;

interface ActiveMark {
  /** By the monotonic clock. */
  readonly until: number;
  /** By the wall clock. */
  readonly exp: number;
}

/** A moment on both clocks, in seconds. */
export interface ClockPair {
  /** Seconds since 1970, for comparison with claims. */
  readonly wall: number;
  /** Seconds of a monotonic clock, for durations. */
  readonly elapsed: number;
}

/** Stores at most `maxEntries`; the one confirmed longest ago is evicted first. */
export class KnownActive {
  readonly #marks = new Map<string, ActiveMark>();
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  has(key: string, { wall, elapsed }: ClockPair): boolean {
    const mark = this.#marks.get(key);
    return mark !== undefined && elapsed < mark.until && wall < mark.exp;
  }

  add(key: string, exp: number, { elapsed }: ClockPair): void {
    this.delete(key);
    this.#marks.set(key, { until: elapsed + knownFor, exp });
    const [oldest] = this.#marks.size > this.#maxEntries ? this.#marks.keys() : [];
    if (oldest !== undefined) this.delete(oldest);
  }

  delete(key: string): void {
    this.#marks.delete(key);
  }

  /** How many there are, up to `most`. Removes expired ones on the way. */
  count(most: number, moment: ClockPair): number {
    let count = 0;
    for (const key of this.#marks.keys()) {
      if (count >= most) break;
      if (this.has(key, moment)) count++;
      else this.delete(key);
    }
    return count;
  }
}
