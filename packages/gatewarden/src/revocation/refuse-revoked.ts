// Checks a deny list before a token that is otherwise valid is accepted. Runs for every request.

import { AuthError } from "../errors.js";
import { type Dependency, DependencyError } from "../monitoring/dependency.js";
import { type Awaitable, adopt } from "../platform/awaitable.js";
import type { RevocationFacts } from "../token/identity.js";

export type { RevocationFacts };

/** How a source knows what is revoked, as plain data. */
export interface RevocationSourceStatus {
  /**
   * `ready`: it knows all that was revoked. `degraded`: it answers, but may lack some of it. `not
   * ready`: it refuses every token.
   */
  readonly state: "ready" | "degraded" | "not ready";
  /** Whether it is connected to where revocations come from. */
  readonly isConnected: boolean;
  /**
   * Seconds since it was last known to have everything. Undefined as long as that never was the
   * case.
   */
  readonly lag: number | undefined;
  /** How many entries it has. */
  readonly entries: number;
  /** What is wrong, in words for operators. They quote nothing of a token. Empty when ready. */
  readonly reasons: readonly string[];
}

/** Decides which tokens are revoked. */
export interface RevocationSource {
  /** Called on every check. If it throws or rejects, the request is refused. */
  isRevoked(facts: RevocationFacts): Awaitable<boolean>;
  /**
   * Resolves once the source can answer, and rejects with what prevents it. `guard.ready()` waits
   * for it.
   */
  ready?(): Awaitable<void>;
  /** For `guard.health()`, `guard.status()` and metrics. Makes no requests. */
  status?(): RevocationSourceStatus;
}

/** Refuses a token that is revoked: `token_revoked`, `revocation_unavailable`. */
export function checkRevoked(
  source: RevocationSource,
  facts: RevocationFacts,
  watch?: Dependency,
): Awaitable<AuthError | undefined> {
  let answer: Awaitable<unknown>;
  try {
    answer = adopt<unknown>(source.isRevoked(facts));
  } catch (error) {
    return revocationUnavailable(error, watch);
  }
  if (!(answer instanceof Promise)) return decide(answer, watch);
  return answer.then(
    (isRevoked: unknown) => decide(isRevoked, watch),
    (error: unknown) => revocationUnavailable(error, watch),
  );
}

function decide(isRevoked: unknown, watch: Dependency | undefined): AuthError | undefined {
  if (typeof isRevoked !== "boolean")
    return revocationUnavailable(new DependencyError("isRevoked answered neither true nor false"), watch);
  watch?.noteAnswer();
  return isRevoked ? new AuthError("token_revoked") : undefined;
}

/** A store that cannot answer might have said yes, so the request is refused (CWE-636). */
function revocationUnavailable(cause: unknown, watch: Dependency | undefined): AuthError {
  watch?.noteFailure(cause);
  return new AuthError("revocation_unavailable", { retryAfter: 1, cause });
}
