// The clock that a test issuer and the guards under test share.

/** The system's clock, or the test runner's fake one, that a test may set ahead. */
export interface TestClock {
  /** Seconds since 1970. For the guard's option `now`. */
  readonly now: () => number;
  /** How far it is ahead of the system's clock, in seconds. */
  readonly offset: number;
  /** Sets it ahead by some seconds: what was issued before grows older by that much. Negative: back. */
  advance(seconds: number): void;
}

/** A clock over the system's, which is read anew each time, so that fake timers count. */
export function createTestClock(): TestClock {
  let offset = 0;
  return {
    now: () => Date.now() / 1000 + offset,
    get offset() {
      return offset;
    },
    advance(seconds) {
      // With NaN the clock would make every token timeless.
      if (!Number.isFinite(seconds)) throw new TypeError("advance needs a number of seconds");
      offset += seconds;
    },
  };
}
