// The status of an external dependency of checks: a deny list, a replay store, an introspection
// endpoint.

/**
 * Why a dependency of checks could not answer, in words for operators. The message reaches health
 * reasons and log lines, so it must quote nothing of a token. Of any other error they show only the
 * kind (CWE-532).
 */
export class DependencyError extends Error {
  override readonly name = "DependencyError";
}

/** How often the dependency was asked, and whether it answers. Times in seconds since 1970. */
export interface DependencyStatus {
  readonly asked: number;
  readonly failed: number;
  /** Time of the first of the current consecutive failures. Undefined while it answers. */
  readonly failingSince: number | undefined;
  /**
   * The latest error while it is failing. It may come from your own code, so do not publish its
   * message.
   */
  readonly lastError: unknown;
}

/**
 * Counts answers and failures. An answer costs one addition. A copy of its fields is the current
 * status.
 */
export class Dependency implements DependencyStatus {
  asked = 0;
  failed = 0;
  failingSince: number | undefined;
  lastError: unknown;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  noteAnswer(): void {
    this.asked++;
    if (this.failingSince === undefined) return;
    this.failingSince = undefined;
    this.lastError = undefined;
  }

  noteFailure(error: unknown): void {
    this.asked++;
    this.failed++;
    this.failingSince ??= this.#now();
    this.lastError = error;
  }
}
