// Counts consecutive failures of the function that looks up issuers, and decides how long not to
// call it.

import { AuthError } from "../errors.js";
import { backOffSeconds } from "../platform/back-off.js";

const longest = 30;

/** Counts failures. Times in seconds of a monotonic clock. */
export class Failures {
  /** Since the last success. */
  count = 0;
  /** When the function may be called again; in the past while there are no failures. */
  retryAt: number = Number.NEGATIVE_INFINITY;
  #lastError: unknown;
  readonly #tolerated: number;

  /** `tolerated`: how many consecutive failures are accepted before back-off begins. */
  constructor(tolerated: number) {
    this.#tolerated = tolerated;
  }

  note(error: unknown, now: number): void {
    this.#lastError = error;
    // Calls that were in flight when back-off began fail together and count once.
    if (now < this.retryAt) return;
    this.count++;
    if (this.count > this.#tolerated) this.retryAt = now + backOffSeconds(this.count - this.#tolerated, longest);
  }

  end(): void {
    this.count = 0;
    this.retryAt = Number.NEGATIVE_INFINITY;
    this.#lastError = undefined;
  }

  /**
   * The last failure, as callers receive it during back-off, with `retryAfter` where waiting helps.
   */
  refusal(now: number): unknown {
    const error = this.#lastError;
    return isUnavailable(error) ? issuerUnavailable(error.cause, this.retryAt - now) : error;
  }
}

/**
 * The developer's look-up is unavailable. Not the caller's fault, so 503 with `Retry-After` (RFC
 * 9110 §15.6.4).
 */
export function issuerUnavailable(cause: unknown, seconds = 1): AuthError {
  return new AuthError("issuer_unavailable", { retryAfter: Math.max(1, Math.ceil(seconds)), cause });
}

export function isUnavailable(error: unknown): error is AuthError {
  return error instanceof AuthError && error.reason === "issuer_unavailable";
}
