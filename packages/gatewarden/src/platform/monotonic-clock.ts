// A clock for durations. Wall time can be set back or ahead at any moment, and may decide nothing but what claims say.

/** Seconds since some moment. They only grow, to within a second, however the wall clock is set. */
export interface MonotonicClock {
  /** Now. `wall` is the wall clock's reading in seconds, where the caller has it already. */
  at(wall?: number): number;
}

/** Within so many seconds of wall time, the wall clock is trusted to have run evenly: the host is not asked. */
const evenFor = 1;

/**
 * Makes one that advances by the larger of two steps: that of the host's monotonic clock, and that of the wall clock `now`. A wall clock
 * that is set back cannot stretch a duration, and a machine that slept (its monotonic clock may have stood still) has aged by its sleep.
 * A wall clock that is set ahead ends durations early, which costs a fetch and lets nothing in.
 * While `now` throws or gives no finite number, the host's clock counts alone.
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
      // One reading that is no time would otherwise be part of the sum for ever.
      elapsed += Math.max(Number.isFinite(step) ? step : 0, hostStep, 0);
      wallThen = Number.isFinite(wall) ? wall : wallThen + hostStep;
      hostThen = hostNow;
      return elapsed;
    },
  };
}
