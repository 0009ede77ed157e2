// Failures in a row of the function that looks issuers up, and until when it is left alone because of them.

import { AuthError } from "../errors.js";
import { backOffSeconds } from "../platform/back-off.js";

const longest = 30;

/** Counts failures. Times in seconds of a monotonic clock. */
export class Failures {
  /** With no success between. */
  count = 0;
  /** When the function may be asked again; in the past while all is well. */
  retryAt: number = Number.NEGATIVE_INFINITY;
  #lastError: unknown;
  readonly #tolerated: number;

  /** `tolerated`: how many may come in a row before back-off begins. */
  constructor(tolerated: number) {
    this.#tolerated = tolerated;
  }

  note(error: unknown, now: number): void {
    this.#lastError = error;
    // Calls that were under way when back-off began fail together and count once.
    if (now < this.retryAt) return;
    this.count++;
    if (this.count > this.#tolerated) this.retryAt = now + backOffSeconds(this.count - this.#tolerated, longest);
  }

  end(): void {
    this.count = 0;
    this.retryAt = Number.NEGATIVE_INFINITY;
    this.#lastError = undefined;
  }

  /** What callers are told meanwhile: the last failure and, where waiting helps, for how long. */
  refusal(now: number): unknown {
    const error = this.#lastError;
    return isUnavailable(error) ? issuerUnavailable(error.cause, this.retryAt - now) : error;
  }
}

/** The developer's data cannot be asked. Not the caller's fault, so 503 and when to come back (RFC 9110 §15.6.4). */
export function issuerUnavailable(cause: unknown, seconds = 1): AuthError {
  return new AuthError("issuer_unavailable", { retryAfter: Math.max(1, Math.ceil(seconds)), cause });
}

export function isUnavailable(error: unknown): error is AuthError {
  return error instanceof AuthError && error.reason === "issuer_unavailable";
}
