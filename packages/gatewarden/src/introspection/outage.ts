// Whether the server is to be left alone for a while. One odd token that the server chokes on must not shut out all others.
import { backOffSeconds } from "../back-off.js";

/** Keeps count of failures. Times in seconds. */
export interface Outage {
  /** When the server may be asked again; in the past while all is well. */
  readonly retryAt: number;
  readonly lastError: unknown;
  note(error: unknown, now: number): void;
  end(): void;
}

/** Failures in a row, with no success between, before back-off begins. */
const tolerated = 4;
const longest = 30;

/** No outage at first. */
export function createOutage(): Outage {
  let failures = 0;
  let retryAt = Number.NEGATIVE_INFINITY;
  let lastError: unknown;
  return {
    get retryAt() {
      return retryAt;
    },
    get lastError() {
      return lastError;
    },
    note(error, now) {
      lastError = error;
      // Questions that were under way when back-off began fail together and count once.
      if (now < retryAt) return;
      failures++;
      if (failures > tolerated) retryAt = now + backOffSeconds(failures - tolerated, longest);
    },
    end() {
      failures = 0;
      retryAt = Number.NEGATIVE_INFINITY;
      lastError = undefined;
    },
  };
}
