// The two clocks of a machine, each of which a test moves: the wall clock can be set, the host's
// monotonic clock cannot.
import { type MockInstance, vi } from "vitest";
import { start } from "./clock.js";

export interface TwoClocks {
  /** The wall clock, in seconds since 1970. */
  readonly now: () => number;
  /** Time passes. */
  pass(seconds: number): void;
  /** Somebody, or NTP, sets the wall clock by so much. No time passes. */
  step(seconds: number): void;
  /** The machine sleeps. Its monotonic clock stands still, as CLOCK_MONOTONIC does on Linux. */
  suspend(seconds: number): void;
}

/** Takes the place of `performance.now()` until mocks are restored. */
export function createTwoClocks(): TwoClocks {
  let wall = start;
  let host = 5000;
  const spy: MockInstance<() => number> = vi.spyOn(performance, "now");
  spy.mockImplementation(() => host * 1000);
  return {
    now: () => wall,
    pass(seconds) {
      wall += seconds;
      host += seconds;
    },
    step(seconds) {
      wall += seconds;
    },
    suspend(seconds) {
      wall += seconds;
    },
  };
}
