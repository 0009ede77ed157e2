// Decides when not to ask the token server for a while. What fails for one token alone holds back
// that token alone (CWE-400).
import type { CircuitState } from "../../introspection/circuit.js";
import { backOffSeconds } from "../../platform/back-off.js";
import { type BoundedMap, createBoundedMap } from "../../platform/bounded-map.js";
import type { TokenFailure } from "./failure.js";
import { TokenRequestError } from "./token-request-error.js";

/** What is asked for, in a row of failures. Times in seconds of a monotonic clock. */
interface Failing {
  readonly error: TokenRequestError;
  readonly failures: number;
  readonly retryAt: number;
}

/** Failures in a row that are tolerated: a brief disturbance is not an outage. */
const tolerated = 4;
const longest = 30;

/** One server. */
export class ServerCircuit {
  readonly #timeout: number;
  readonly #failing: BoundedMap<Failing>;
  /** What has failed since the last answer. One that fails alone proves nothing. */
  readonly #witnesses = new Set<string>();
  /** Undefined while the server may be asked. */
  #error: TokenRequestError | undefined;
  #failures = 0;
  #retryAt: number = Number.NEGATIVE_INFINITY;
  /** The one that tests whether the server has recovered. */
  #probe: string | undefined;

  constructor(maxEntries: number, timeout: number) {
    this.#failing = createBoundedMap(maxEntries);
    this.#timeout = timeout;
  }

  state(now: number): CircuitState {
    if (this.#error === undefined) return "closed";
    return now < this.#retryAt ? "open" : "half-open";
  }

  /** Why the server must not be asked now. Undefined where it may be asked, by this one. */
  refuse(key: string, now: number): TokenRequestError | undefined {
    const failing = this.#failing.get(key);
    if (failing && now < failing.retryAt) return toRepeated(failing.error, failing.retryAt - now);
    if (this.#error === undefined) return undefined;
    if (now < this.#retryAt) return toRepeated(this.#error, this.#retryAt - now);
    // One at a time. It is over at its time limit.
    this.#probe = key;
    this.#retryAt = now + this.#timeout;
    return undefined;
  }

  /** The server answered this one. */
  noteAnswer(key: string): void {
    this.#failing.delete(key);
    this.#witnesses.clear();
    this.#failures = 0;
    this.#error = undefined;
    this.#probe = undefined;
  }

  noteFailure(key: string, failure: TokenFailure, now: number): void {
    const { error } = failure;
    const failures = (this.#failing.get(key)?.failures ?? 0) + 1;
    this.#failing.set(key, { error, failures, retryAt: now + toPause(error, failures) });
    const isProbe = this.#probe === key;
    // Requests that were in flight when back-off began fail together and count once.
    if (this.#error !== undefined && !isProbe) return;
    if (!isProbe && !this.#isOutage(key, failure)) return;
    this.#failures++;
    this.#error = error;
    this.#probe = undefined;
    this.#retryAt = now + toPause(error, this.#failures);
  }

  /** An outage is certain at once, or after several failures in a row. */
  #isOutage(key: string, { error, about }: TokenFailure): boolean {
    const isSaid = error.code !== "server_unavailable" || (error.retryAfter ?? 1) > 1;
    if (about === "server" && isSaid) return true;
    if (this.#witnesses.size <= tolerated) this.#witnesses.add(key);
    return this.#witnesses.size > tolerated;
  }
}

/** As long as the server asked for, or longer with each failure. */
function toPause({ retryAfter = 1 }: TokenRequestError, failures: number): number {
  return Math.max(retryAfter > 1 ? retryAfter : 0, backOffSeconds(failures, longest));
}

function toRepeated(error: TokenRequestError, wait: number): TokenRequestError {
  if (error.code !== "server_unavailable") return error.again();
  return new TokenRequestError(error.code, { cause: error.cause, retryAfter: Math.max(1, Math.ceil(wait)) });
}
