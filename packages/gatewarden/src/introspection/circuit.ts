// Decides when not to contact the server for a while. Only failures that one token cannot cause
// count, or attackers could open the circuit (CWE-400).
import { backOffSeconds } from "../platform/back-off.js";
import type { Failure } from "./failure.js";

/**
 * The lane of a token: `known` for one that was active when the server was last asked, `others` for
 * all others.
 */
export type LaneName = "known" | "others";

/**
 * `open`: the server is not contacted. `half-open`: one request at a time tests whether it has
 * recovered.
 */
export type CircuitState = "closed" | "open" | "half-open";

/** Permission to send a question. */
export interface Admission {
  readonly lane: LaneName;
  readonly isProbe: boolean;
  /** How many times the lane's breaker had opened before. */
  readonly openings: number;
}

/** A question without an answer. */
export interface FailedQuestion {
  readonly admission: Admission;
  readonly failure: Failure;
  readonly error: unknown;
  /** Hash of the token. */
  readonly key: string;
}

/** Consecutive failures that are tolerated: a brief disturbance is not an outage. */
const tolerated = 4;
const longest = 30;
/** Seconds between two probes with tokens that may themselves be the cause. */
const pause = 1;

/** The breaker of one lane. Times in seconds of a monotonic clock. */
class Breaker {
  retryAt: number = Number.NEGATIVE_INFINITY;
  openings = 0;
  #failures = 0;
  #isOpen = false;
  /** When the current probe reaches its time limit. */
  #probingUntil: number = Number.NEGATIVE_INFINITY;
  #heldUntil: number = Number.NEGATIVE_INFINITY;
  readonly #timeout: number;

  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  state(now: number): CircuitState {
    if (!this.#isOpen) return "closed";
    return now < Math.max(this.retryAt, this.#probingUntil) ? "open" : "half-open";
  }

  admit(lane: LaneName, now: number): Admission | undefined {
    const state = this.state(now);
    if (state === "open") return undefined;
    const isProbe = state === "half-open";
    // A probe past its time limit never ends: it was cut off with its request, as on Workers.
    if (isProbe) this.#probingUntil = now + this.#timeout;
    return { lane, isProbe, openings: this.openings };
  }

  release(): void {
    this.#probingUntil = Number.NEGATIVE_INFINITY;
  }

  count(now: number): void {
    this.#failures++;
    if (this.#failures > tolerated) this.#open(now);
  }

  /** Opens now, for at least `wait` seconds, which a success does not shorten. */
  trip(now: number, wait = 0): void {
    this.#failures = Math.max(this.#failures, tolerated) + 1;
    if (wait > 0) this.#heldUntil = now + wait;
    this.#open(now);
  }

  /**
   * The server answers, but may still be failing: the next failure opens the breaker again, for
   * longer.
   */
  letIn(now: number): void {
    if (now < this.#heldUntil) return;
    this.#isOpen = false;
    this.release();
    this.retryAt = Number.NEGATIVE_INFINITY;
  }

  close(now: number): void {
    this.#failures = 0;
    this.letIn(now);
  }

  #open(now: number): void {
    this.#isOpen = true;
    this.openings++;
    this.retryAt = Math.max(this.#heldUntil, now + backOffSeconds(this.#failures - tolerated, longest));
  }
}

/**
 * One breaker per lane, so that tokens known to be active are still checked while unknown tokens
 * fail. A failure of a known token counts for both lanes.
 */
export class Circuit {
  /** The last error that may open a breaker; undefined after a success. */
  lastError: unknown;
  readonly #breakers: Readonly<Record<LaneName, Breaker>>;
  /** Known tokens that failed since the last answer. */
  readonly #witnesses = new Set<string>();
  readonly #countKnown: (most: number) => number;

  /**
   * `countKnown` counts the tokens known to be active, up to `most`. `timeout` is the time limit of
   * a question in seconds.
   */
  constructor(countKnown: (most: number) => number, timeout: number) {
    this.#countKnown = countKnown;
    this.#breakers = { known: new Breaker(timeout), others: new Breaker(timeout) };
  }

  state(lane: LaneName, now: number): CircuitState {
    return this.#breakers[lane].state(now);
  }

  retryAt(lane: LaneName): number {
    return this.#breakers[lane].retryAt;
  }

  /**
   * Undefined while the server must not be contacted. Each admission must be followed by
   * `noteAnswer` or `noteFailure`.
   */
  admit(lane: LaneName, now: number): Admission | undefined {
    return this.#breakers[lane].admit(lane, now);
  }

  noteAnswer({ lane, isProbe }: Admission, now: number): void {
    if (isProbe) this.#breakers[lane].release();
    const breakers = Object.values(this.#breakers);
    for (const breaker of breakers) breaker.close(now);
    this.#witnesses.clear();
    if (breakers.every((breaker) => breaker.state(now) === "closed")) this.lastError = undefined;
  }

  noteFailure(question: FailedQuestion, now: number): void {
    const { admission, failure, error } = question;
    const breaker = this.#breakers[admission.lane];
    if (admission.isProbe) breaker.release();
    if (failure.about === "token") {
      if (admission.isProbe) breaker.letIn(now);
      return;
    }
    // Questions that were in flight when back-off began fail together and count once.
    if (admission.openings !== breaker.openings) return;
    if (failure.about === "unclear") this.#noteUnclear(question, now);
    else {
      for (const one of this.#affectedBy(admission)) {
        if (admission.isProbe || failure.retryAfter !== undefined) one.trip(now, failure.retryAfter);
        else one.count(now);
      }
    }
    this.lastError = error;
  }

  /**
   * The text of an unknown token may be the cause, and then proves nothing. Several known tokens
   * failing in a row is no coincidence.
   */
  #noteUnclear({ admission, key }: FailedQuestion, now: number): void {
    const { lane, isProbe } = admission;
    if (lane === "known") {
      this.#witnesses.add(key);
      if (!isProbe && this.#witnesses.size < this.#countKnown(tolerated + 1)) return;
      for (const one of this.#affectedBy(admission)) one.trip(now);
    } else if (isProbe) this.#breakers.others.retryAt = now + pause;
  }

  #affectedBy({ lane }: Admission): readonly Breaker[] {
    return lane === "known" ? Object.values(this.#breakers) : [this.#breakers.others];
  }
}
