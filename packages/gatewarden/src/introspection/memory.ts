// Cached answers about tokens, how long they are used, and which tokens were active. Keyed by hash
// (RFC 7662 §4, CWE-312).
import { type BoundedMap, createBoundedMap } from "../platform/bounded-map.js";
import { createMonotonicClock, type MonotonicClock } from "../platform/monotonic-clock.js";
import { type JsonObject, member } from "../token/json.js";
import { type ClockPair, KnownActive } from "./known-active.js";

/** How long and how much is kept. Durations in seconds. */
export interface MemorySettings {
  readonly maxAge: number;
  readonly inactiveMaxAge: number;
  readonly maxEntries: number;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** A cached answer. */
export interface RememberedAnswer {
  /** Undefined for a token that is not active. */
  readonly claims: JsonObject | undefined;
  /** By the monotonic clock. */
  readonly until: number;
  /** By the wall clock. */
  readonly exp: number;
}

interface Silence {
  readonly until: number;
}

const never: number = Number.POSITIVE_INFINITY;
/**
 * How long a token without an answer is not sent again, in seconds: as long as its caller is asked
 * to wait.
 */
const unansweredFor = 1;

/** Three maps, so that made-up tokens evict no real ones (CWE-770). */
export class Memory {
  readonly #settings: MemorySettings;
  readonly #clock: MonotonicClock;
  readonly #active: BoundedMap<RememberedAnswer>;
  readonly #inactive: BoundedMap<RememberedAnswer>;
  readonly #unanswered: BoundedMap<Silence>;
  readonly #known: KnownActive;

  constructor(settings: MemorySettings) {
    const { maxEntries, now } = settings;
    this.#settings = settings;
    this.#clock = createMonotonicClock(now);
    this.#active = createBoundedMap(maxEntries);
    this.#inactive = createBoundedMap(maxEntries);
    this.#unanswered = createBoundedMap(maxEntries);
    this.#known = new KnownActive(maxEntries);
  }

  /** How many answers are cached. */
  get size(): number {
    return this.#active.size + this.#inactive.size;
  }

  /** Seconds of the monotonic clock. */
  elapsed(): number {
    return this.#clock.at();
  }

  /** The cached answer about the token. */
  find(key: string): RememberedAnswer | undefined {
    const entry = this.#active.get(key) ?? this.#inactive.get(key);
    if (entry === undefined) return undefined;
    const wall = this.#settings.now();
    return this.#clock.at(wall) < entry.until && wall < entry.exp ? entry : undefined;
  }

  isKnownActive(key: string): boolean {
    return this.#known.has(key, this.#moment());
  }

  countKnownActive(most: number): number {
    return this.#known.count(most, this.#moment());
  }

  /** Whether the server just had no answer for this token. */
  isUnanswered(key: string): boolean {
    const silence = this.#unanswered.get(key);
    return silence !== undefined && this.elapsed() < silence.until;
  }

  /** `age`: for how many seconds another process has had the answer. */
  rememberActive(key: string, claims: JsonObject, age = 0): void {
    const moment = this.#moment();
    const described = member(claims, "exp");
    // Not longer than the token's lifetime (RFC 7662 §4: a cached answer must not outlast `exp`).
    // Setting the wall clock back does not extend it.
    const exp = typeof described === "number" ? described : never;
    const { maxAge } = this.#settings;
    this.#inactive.delete(key);
    this.#active.delete(key);
    this.#known.delete(key);
    if (moment.wall >= exp) return;
    if (maxAge > 0) this.#active.set(key, { claims, until: moment.elapsed + maxAge - age, exp });
    this.#known.add(key, exp, moment);
  }

  rememberInactive(key: string): void {
    const { inactiveMaxAge } = this.#settings;
    this.#active.delete(key);
    this.#known.delete(key);
    if (inactiveMaxAge <= 0) return;
    this.#inactive.set(key, { claims: undefined, until: this.elapsed() + inactiveMaxAge, exp: never });
  }

  rememberUnanswered(key: string): void {
    this.#unanswered.set(key, { until: this.elapsed() + unansweredFor });
  }

  #moment(): ClockPair {
    const wall = this.#settings.now();
    return { wall, elapsed: this.#clock.at(wall) };
  }
}
