// Limits concurrent questions: a flood of tokens must neither become a flood of requests nor delay
// known users (CWE-770).
import type { LaneName } from "./circuit.js";

/** How many questions may run and wait. */
export interface LimitSettings {
  /** Maximum of running questions, in both lanes together. */
  readonly running: number;
  /** Maximum of waiting questions, per lane. */
  readonly waiting: number;
  /** Seconds after which a waiting question gives up, per lane. */
  readonly patience: Readonly<Record<LaneName, number>>;
  /** Time limit of a question in seconds. */
  readonly timeout: number;
  /** Seconds of a monotonic clock. */
  readonly now: () => number;
}

/** The place of a running question. */
export interface LimitPlace {
  readonly lane: LaneName;
  readonly endsAt: number;
}

/** Hands out places. */
export interface Limit {
  /**
   * Resolves to a place, which `leave` must release; to undefined when the question gives way to
   * newer ones.
   */
  enter(lane: LaneName): Promise<LimitPlace | undefined>;
  leave(place: LimitPlace): void;
}

interface Waiter {
  readonly since: number;
  go(place: LimitPlace | undefined): void;
}

const lanes = ["known", "others"] as const;

/**
 * A quarter of the places is reserved for tokens known to be active, and so is the next free place.
 * These are served in order of arrival. Of the others the newest is served first, and beyond the
 * bound the oldest gives up. Under a flood the order does not change how many are answered. But
 * this way most of them wait for milliseconds instead of seconds, and the clients of those that
 * give up have most likely disconnected.
 */
export function createLimit({ running, waiting, patience, timeout, now }: LimitSettings): Limit {
  const active = { known: 0, others: 0 };
  /** Oldest first. */
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

  /** Dismisses questions that have waited too long. The oldest are first. */
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

  /** A question past its time limit never ends: it was cut off with its request, as on Workers. */
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
