// How much is asked at once: a flood of tokens must not become a flood of requests, nor keep known users waiting (CWE-770).
import type { LaneName } from "./circuit.js";

/** How many questions run and wait. */
export interface LimitSettings {
  /** Questions that run at a time, in both lanes together. */
  readonly running: number;
  /** Questions that wait, in each lane. */
  readonly waiting: number;
  /** Seconds after which a question has waited for too long, in each lane. */
  readonly patience: Readonly<Record<LaneName, number>>;
  /** Seconds that a question takes at most. */
  readonly timeout: number;
  /** Seconds of a monotonic clock. */
  readonly now: () => number;
}

/** Where a question runs. */
export interface LimitPlace {
  readonly lane: LaneName;
  readonly endsAt: number;
}

/** Hands out places. */
export interface Limit {
  /** Resolves to a place when it is its turn, which `leave` must end; to undefined when it gives its turn up to newer ones. */
  enter(lane: LaneName): Promise<LimitPlace | undefined>;
  leave(place: LimitPlace): void;
}

interface Waiter {
  readonly since: number;
  go(place: LimitPlace | undefined): void;
}

const lanes = ["known", "others"] as const;

/**
 * A quarter of the places is for tokens known to be active, and so is the next one that becomes free. These go in the order in which
 * they came. Of others the newest goes first, and beyond the bound the oldest gives up. Under a flood the order does not change how many are
 * answered, but this way most of them wait for milliseconds instead of seconds, and those that give up are the ones whose client has
 * most likely gone.
 */
export function createLimit({ running, waiting, patience, timeout, now }: LimitSettings): Limit {
  const active = { known: 0, others: 0 };
  /** The oldest first. */
  const places = new Set<LimitPlace>();
  const queues: Readonly<Record<LaneName, Waiter[]>> = { known: [], others: [] };
  const mostOthers = running - Math.min(running - 1, Math.ceil(running / 4));

  const hasPlace = (lane: LaneName): boolean =>
    active.known + active.others < running && (lane === "known" || active.others < mostOthers);

  const take = (lane: LaneName): LimitPlace => {
    const place = { lane, endsAt: now() + timeout };
    places.add(place);
    active[lane]++;
    return place;
  };

  const release = (place: LimitPlace): void => {
    if (places.delete(place)) active[place.lane]--;
  };

  /** Dismisses those who have waited for too long. The oldest are first. */
  const dismissOld = (lane: LaneName): void => {
    const queue = queues[lane];
    const oldest = now() - patience[lane];
    while (queue[0] !== undefined && queue[0].since < oldest) queue.shift()?.go(undefined);
  };

  const fill = (lane: LaneName): void => {
    const queue = queues[lane];
    dismissOld(lane);
    while (queue.length > 0 && hasPlace(lane)) {
      const next = lane === "known" ? queue.shift() : queue.pop();
      next?.go(take(lane));
    }
  };

  /** A question that outlives its time never ends: it was cut off with its request, as Workers do. */
  const releaseEnded = (): void => {
    const time = now();
    for (const place of places) {
      if (time < place.endsAt) break;
      release(place);
    }
    for (const one of lanes) fill(one);
  };

  return {
    async enter(lane) {
      if (!hasPlace(lane)) releaseEnded();
      if (hasPlace(lane)) return take(lane);
      const queue = queues[lane];
      dismissOld(lane);
      if (queue.length >= waiting) queue.shift()?.go(undefined);
      return new Promise((go) => queue.push({ since: now(), go }));
    },
    leave(place) {
      release(place);
      for (const one of lanes) fill(one);
    },
  };
}
