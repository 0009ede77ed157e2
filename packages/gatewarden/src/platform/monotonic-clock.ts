// A clock for durations. The wall clock can be set back or ahead at any moment, so it is used only
// for comparison with claims.

/**
 * Seconds since an arbitrary moment. They only increase, to within a second, however the wall clock
 * is set.
 */
export interface MonotonicClock {
  /** Now. `wall` is the wall clock's reading in seconds, where the caller already has it. */
  at(wall?: number): number;
}

/** For steps of the wall clock below this number of seconds, the host's clock is not read. */
const evenFor = 1;

/**
 * Creates a clock that advances by the larger of two steps: that of the host's monotonic clock, and
 * that of the wall clock `now`. Setting the wall clock back cannot extend a duration, and time
 * during which the machine slept (its monotonic clock may have stopped) counts. Setting the wall
 * clock ahead ends durations early, which costs a fetch and accepts nothing. While `now` throws or
 * returns no finite number, only the host's clock counts.
 */
export function createMonotonicClock(
  now: () => number,
  host: () => number = () => performance.now() / 1000,
): MonotonicClock {
  let wallThen = now();
  let hostThen = host();
  let elapsed = 0;
  const readWall = (): number => {
    try {
      return now();
    } catch {
      return Number.NaN;
    }
  };
  return {
    at(wall = readWall()) {
      const step = wall - wallThen;
      if (step >= 0 && step < evenFor) return elapsed + step;
      const hostNow = host();
      const hostStep = hostNow - hostThen;
      // Otherwise one invalid reading would stay in the sum forever.
      elapsed += Math.max(Number.isFinite(step) ? step : 0, hostStep, 0);
      wallThen = Number.isFinite(wall) ? wall : wallThen + hostStep;
      hostThen = hostNow;
      return elapsed;
    },
  };
}
