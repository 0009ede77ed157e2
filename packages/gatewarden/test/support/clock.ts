// A clock that stands still until a test moves it.

/** Seconds since 1970 at which every test clock starts. */
export const start = 1_800_000_000;

export interface Clock {
  readonly now: () => number;
  /** Moves the clock by some seconds. */
  advance(seconds: number): void;
  set(time: number): void;
}

export function createClock(time: number = start): Clock {
  let current = time;
  return {
    now: () => current,
    advance: (seconds) => {
      current += seconds;
    },
    set: (time) => {
      current = time;
    },
  };
}
