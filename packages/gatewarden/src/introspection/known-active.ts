// Tokens that were active when the server was last asked. Nothing of them is kept but a hash: that they exist, not what they may do.

/** How long a token counts as known, in seconds. Most users come back within an hour, or have a new token by then. */
const knownFor = 3600;

interface ActiveMark {
  /** Of a monotonic clock. */
  readonly until: number;
  /** Of the wall clock. */
  readonly exp: number;
}

/** A moment on both clocks, in seconds. */
export interface ClockPair {
  /** Seconds since 1970, which claims are compared with. */
  readonly wall: number;
  /** Seconds of a monotonic clock, which durations are measured with. */
  readonly elapsed: number;
}

/** Remembers at most `maxEntries` of them; the one that was confirmed longest ago goes first. */
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

  /** How many there are, counted up to `most`. Those past their time are forgotten on the way. */
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
