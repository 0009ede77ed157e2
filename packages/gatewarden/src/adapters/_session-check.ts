// Checks a session's token: a new one, and the current one again, since it may have been revoked.
import {
  type Auth,
  AuthError,
  catalogue,
  type Guard,
  type LastArgument,
  type Outcome,
  type Requirement,
} from "../index.js";
import { findClock } from "../platform/guard-clock.js";
import type { Opening } from "./_opening.js";

/**
 * The identity behind a connection. For cleaning up after it ends, never for deciding what is
 * allowed.
 */
export interface Owner {
  readonly issuer: string;
  readonly subject: string | undefined;
  readonly clientId: string | undefined;
}

/** Reads the owner from a verified token. */
export function toOwner({ issuer, subject, clientId }: Auth<unknown>): Owner {
  return { issuer, subject, clientId };
}

/** Refuses a token of anyone but the owner, for whom everything sent so far was meant. */
export function checkSameOwner(owner: Owner, { issuer, subject, clientId }: Owner): AuthError | undefined {
  // Without a subject a token names only its client. Without either, it cannot be shown to be the
  // same.
  const isSame = subject === undefined ? clientId !== undefined && clientId === owner.clientId : true;
  if (isSame && issuer === owner.issuer && subject === owner.subject) return undefined;
  return new AuthError("claim_mismatch", { details: { name: "sub" } });
}

/** Checks the tokens of one session. Outcomes are returned: no method throws or rejects. */
export class SessionCheck<Claims> {
  readonly #guard: Guard<Claims>;
  readonly #requirement: LastArgument<Requirement>;
  readonly #opening: Opening;
  readonly #clock: () => number;

  constructor(guard: Guard<Claims>, requirement: Requirement | undefined, opening: Opening) {
    this.#guard = guard;
    this.#requirement = requirement === undefined ? [] : [requirement];
    this.#opening = opening;
    this.#clock = findClock(guard) ?? (() => guard.status().at);
  }

  /** The guard's clock, in seconds since 1970. */
  now(): number {
    try {
      const at = this.#clock();
      if (Number.isFinite(at)) return at;
    } catch {
      // A custom guard need not have a clock.
    }
    return Date.now() / 1000;
  }

  /** Whether the opening's token came with a DPoP proof. */
  get isProven(): boolean {
    return this.#opening.isProven;
  }

  /** Checks a token that a client sent over the connection. */
  async ask(token: string): Promise<Auth<Claims> | AuthError> {
    try {
      const outcome: Outcome<Claims> = await this.#guard.attempt(this.#opening.toRequest(token), ...this.#requirement);
      return outcome ?? new AuthError("credentials_missing");
    } catch (cause) {
      return new AuthError("check_failed", { cause });
    }
  }

  /**
   * As `ask`, for the token of a DPoP proof. A proof is valid for one request (RFC 9449 §4.3), so
   * the opening's proof cannot be used again. `explain` still checks everything else: times, keys,
   * deny list, requirement.
   */
  async askUnproven(auth: Auth<Claims>): Promise<Auth<Claims> | AuthError> {
    try {
      const findings = await this.#guard.explain(this.#opening.toRequest(auth.token), ...this.#requirement);
      const errors = findings
        .filter(({ severity, code }) => severity === "error" && code !== "binding_unproven")
        .map(({ code }) => (Object.hasOwn(catalogue, code) ? new AuthError(code as AuthError["reason"]) : failed()));
      // The first is the guard's own reason: an outage must not be reported as a bad token.
      return errors[0] ?? auth;
    } catch (cause) {
      return new AuthError("check_failed", { cause });
    }
  }
}

function failed(): AuthError {
  return new AuthError("check_failed");
}
