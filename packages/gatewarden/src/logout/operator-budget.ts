// Limits how often one operator may use an endpoint: a stolen operator's token must not flood the
// list of revocations (CWE-770).
import { createBoundedMap } from "../platform/bounded-map.js";
import { createMonotonicClock } from "../platform/monotonic-clock.js";

/** Counts uses per operator. */
export interface OperatorBudget {
  /** Takes one use. Returns 0, or the seconds until the next use where none is left. */
  take(operator: string): number;
}

interface Bucket {
  uses: number;
  since: number;
}

/** More operators than any team has. Beyond it, the one that was idle longest is forgotten. */
const maxOperators = 1000;

/** A token bucket per operator, refilled evenly. `now` is in seconds since 1970. */
export function createOperatorBudget(perMinute: number, now: () => number): OperatorBudget {
  const buckets = createBoundedMap<Bucket>(maxOperators);
  const clock = createMonotonicClock(now);
  const secondsPerUse = 60 / perMinute;
  return {
    take(operator) {
      const at = clock.at();
      const bucket = buckets.get(operator) ?? { uses: perMinute, since: at };
      bucket.uses = Math.min(perMinute, bucket.uses + (at - bucket.since) / secondsPerUse);
      bucket.since = at;
      buckets.set(operator, bucket);
      if (bucket.uses < 1) return (1 - bucket.uses) * secondsPerUse;
      bucket.uses--;
      return 0;
    },
  };
}
