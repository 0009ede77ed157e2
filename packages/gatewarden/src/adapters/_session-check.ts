// What the guard says of a session's token: of a new one, and again of the current one, as it may
// have been revoked.
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
 * Whose connection it is. For cleaning up after its end, and never for deciding what is allowed.
 */
export interface Owner {
  readonly issuer: string;
  readonly subject: string | undefined;
  readonly clientId: string | undefined;
}

/** Taken from a verified token. */
export function toOwner({ issuer, subject, clientId }: Auth<unknown>): Owner {
  return { issuer, subject, clientId };
}

/**
 * The refusal of a token of any other than the owner: what the connection was told so far was not
 * for them.
 */
export function checkSameOwner(owner: Owner, { issuer, subject, clientId }: Owner): AuthError | undefined {
  // Without a subject a token says only which client got it; without either, nothing says that it
  // is the same.
  const isSame = subject === undefined ? clientId !== undefined && clientId === owner.clientId : true;
  if (isSame && issuer === owner.issuer && subject === owner.subject) return undefined;
  return new AuthError("claim_mismatch", { details: { name: "sub" } });
}

/** Checks the tokens of one session. Its answers are values: neither method throws or rejects. */
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
      // A guard of the application's own making need not have a clock.
    }
    return Date.now() / 1000;
  }

  /** Whether the opening's token came with a DPoP proof. */
  get isProven(): boolean {
    return this.#opening.isProven;
  }

  /** What a token proves that a client sent over the connection. */
  async ask(token: string): Promise<Auth<Claims> | AuthError> {
    try {
      const outcome: Outcome<Claims> = await this.#guard.attempt(this.#opening.toRequest(token), ...this.#requirement);
      return outcome ?? new AuthError("credentials_missing");
    } catch (cause) {
      return new AuthError("check_failed", { cause });
    }
  }

  /**
   * As `ask`, for the token of a DPoP proof. A proof counts for one request (RFC 9449 §4.3), so
   * that of the opening cannot be shown again; `explain` looks at all else as well: times, keys,
   * deny list, requirement.
   */
  async askUnproven(auth: Auth<Claims>): Promise<Auth<Claims> | AuthError> {
    try {
      const findings = await this.#guard.explain(this.#opening.toRequest(auth.token), ...this.#requirement);
      const errors = findings
        .filter(({ severity, code }) => severity === "error" && code !== "binding_unproven")
        .map(({ code }) => (Object.hasOwn(catalogue, code) ? new AuthError(code as AuthError["reason"]) : failed()));
      // The first is the guard's own reason: an outage must not pass for a bad token.
      return errors[0] ?? auth;
    } catch (cause) {
      return new AuthError("check_failed", { cause });
    }
  }
}

function failed(): AuthError {
  return new AuthError("check_failed");
}
