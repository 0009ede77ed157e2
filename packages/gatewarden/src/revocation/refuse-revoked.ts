// Checks a deny list before a token that is otherwise valid is accepted. Runs for every request.

import { AuthError } from "../errors.js";
import { type Dependency, DependencyError } from "../monitoring/dependency.js";
import { type Awaitable, adopt } from "../platform/awaitable.js";
import { type JsonObject, member } from "../token/json.js";

/** The facts by which a deny list can identify a token. */
export interface RevocationFacts {
  readonly issuer: string;
  readonly subject: string | undefined;
  readonly clientId: string | undefined;
  /** `jti`, which is unique within its issuer only (RFC 7519 §4.1.7). */
  readonly jti: string | undefined;
  /** `sid`, the login session (OIDC Back-Channel Logout §2.4). */
  readonly sid: string | undefined;
  /** `iat`, in seconds since 1970. */
  readonly issuedAt: number | undefined;
  /** `exp`, in seconds since 1970. */
  readonly expiresAt: number;
}

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

/**
 * Refuses a token that is revoked according to its (verified) claims: `token_revoked`,
 * `revocation_unavailable`.
 */
export function checkRevoked(
  source: RevocationSource,
  claims: JsonObject,
  watch?: Dependency,
): Awaitable<AuthError | undefined> {
  let answer: Awaitable<unknown>;
  try {
    answer = adopt<unknown>(source.isRevoked(toFacts(claims)));
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

function toFacts(claims: JsonObject): RevocationFacts {
  const issuedAt = member(claims, "iat");
  return {
    issuer: readClaimText(claims, "iss") ?? "",
    subject: readClaimText(claims, "sub"),
    clientId: readClaimText(claims, "client_id") ?? readClaimText(claims, "azp"),
    jti: readClaimText(claims, "jti"),
    sid: readClaimText(claims, "sid"),
    issuedAt: typeof issuedAt === "number" ? issuedAt : undefined,
    expiresAt: Number(member(claims, "exp")),
  };
}

function readClaimText(claims: JsonObject, name: string): string | undefined {
  const value = member(claims, name);
  return typeof value === "string" ? value : undefined;
}

/** A store that cannot answer might have said yes, so the request is refused (CWE-636). */
function revocationUnavailable(cause: unknown, watch: Dependency | undefined): AuthError {
  watch?.noteFailure(cause);
  return new AuthError("revocation_unavailable", { retryAfter: 1, cause });
}
