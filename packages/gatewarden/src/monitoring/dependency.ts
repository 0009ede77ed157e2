// How something is doing that checks depend on and that is not ours: a deny list, a replay store, an introspection endpoint.

/**
 * Why something that checks depend on could not answer, in words for operators: they reach health reasons and log lines, so they must quote
 * nothing of a token. Of any other error only the kind is told there (CWE-532).
 */
export class DependencyError extends Error {
  override readonly name = "DependencyError";
}

/** How often it was asked, and whether it answers. Times in seconds since 1970. */
export interface DependencyStatus {
  readonly asked: number;
  readonly failed: number;
  /** When the first of the failures in a row came; undefined while it answers. */
  readonly failingSince: number | undefined;
  /** What went wrong last, while it is failing. May be an error of your own code: keep its message to yourself. */
  readonly lastError: unknown;
}

/** Keeps count. An answer costs one addition. Its fields, copied, are the status of the moment. */
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
