// The clock that a test issuer and the guards under test share.

/** The system's clock, or the test runner's fake one, with an offset that a test can set. */
export interface TestClock {
  /** Seconds since 1970. For the guard's option `now`. */
  readonly now: () => number;
  /** Seconds by which it is ahead of the system's clock. */
  readonly offset: number;
  /**
   * Moves the clock by this many seconds: earlier tokens grow older by as much. A negative number
   * moves it back.
   */
  advance(seconds: number): void;
}

/**
 * Creates a clock on top of the system's, which is read on each call, so that fake timers apply.
 */
export function createTestClock(): TestClock {
  let offset = 0;
  return {
    now: () => Date.now() / 1000 + offset,
    get offset() {
      return offset;
    },
    advance(seconds) {
      // With NaN no token would ever expire.
      if (!Number.isFinite(seconds)) throw new TypeError("advance needs a number of seconds");
      offset += seconds;
    },
  };
}
