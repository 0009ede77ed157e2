// The authentication of a connection over time. It ends with its token, unless a new token of the
// same subject arrives first.
import { type Auth, AuthError, type Guard, type RefusalBody, type Requirement } from "../index.js";
import { createMonotonicClock, type MonotonicClock } from "../platform/monotonic-clock.js";
import { warnOfListener } from "../platform/runtime.js";
import type { Opening } from "./_opening.js";
import { toThrownRefusal } from "./_refusal.js";
import { checkSameOwner, type Owner, SessionCheck, toOwner } from "./_session-check.js";
import { Attempts, type Ending, type SessionLimits, tooMany, tooOld } from "./_session-limits.js";

/** What a session is created with. */
export interface SessionOptions<Claims> {
  readonly guard: Guard<Claims>;
  readonly requirement: Requirement | undefined;
  readonly auth: Auth<Claims> | undefined;
  readonly opening: Opening;
  readonly limits: SessionLimits;
  /** Called once, unless the connection has closed before. */
  readonly onEnd: (ending: Ending) => void;
}

/** Maximum seconds between two checks of clock and token. */
const lookEvery = 60;
/**
 * Seconds for which a session survives an outage of what its check depends on: keys, introspection,
 * deny list.
 */
const maxUnchecked = 300;
/**
 * Seconds that a session lasts if its token has already expired within the guard's clock tolerance:
 * enough to send a new one.
 */
const grace = 1;

/** The authentication of one connection, as the application sees it. */
export interface Session<Claims> {
  /**
   * Facts from the latest verified token. Undefined while an anonymous connection has sent none,
   * and after the session has ended. Read it on each use, and refuse if it is undefined. Reading it
   * checks the clock.
   */
  readonly auth: Auth<Claims> | undefined;
  /**
   * The identity behind the connection, also after it ends: for cleaning up. It authorizes nothing.
   * Undefined while the connection is anonymous.
   */
  readonly owner: Owner | undefined;
  /**
   * Continues with a new token of the same subject. Resolves to the reason if the token was
   * refused; the old token then counts until it expires. An ended session resolves to `expired`.
   * Never rejects. The caller must limit how often a client may renew.
   */
  renew(token: unknown): Promise<AuthError | undefined>;
}

/** A session with the methods that only its adapter uses. */
export class LiveSession<Claims> implements Session<Claims> {
  readonly #options: SessionOptions<Claims>;
  readonly #check: SessionCheck<Claims>;
  readonly #clock: MonotonicClock;
  readonly #attempts = new Attempts();
  readonly #began: number;
  #auth: Auth<Claims> | undefined;
  #owner: Owner | undefined;
  #isProven: boolean;
  /**
   * When the token expires, by the guard's clock and by elapsed time. The latter ignores changes of
   * that clock.
   */
  #until = Number.POSITIVE_INFINITY;
  #deadline = Number.POSITIVE_INFINITY;
  #checkedAt: number;
  #asking: Auth<Claims> | undefined;
  #outage: AuthError | undefined;
  #renewals: Promise<unknown> = Promise.resolve();
  #isAnswering = false;
  #isOver = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SessionOptions<Claims>) {
    const { guard, requirement, opening, auth } = options;
    this.#options = options;
    this.#check = new SessionCheck(guard, requirement, opening);
    this.#clock = createMonotonicClock(() => this.#check.now());
    this.#began = this.#clock.at();
    this.#checkedAt = this.#began;
    this.#isProven = this.#check.isProven;
    if (auth) this.#keep(auth);
  }

  get auth(): Auth<Claims> | undefined {
    this.#lookAtClock();
    return this.#auth;
  }

  get owner(): Owner | undefined {
    return this.#owner;
  }

  /** Whether messages may be passed on. Checks the clock. */
  isOpen(): boolean {
    this.#lookAtClock();
    return !this.#isOver;
  }

  renew(token: unknown): Promise<AuthError | undefined> {
    // One at a time: of two concurrent renewals the older could finish last.
    const renewal = this.#renewals.then(() => this.#renewWith(typeof token === "string" ? token : ""));
    this.#renewals = renewal;
    return renewal;
  }

  /**
   * As `renew`, for what a client sends: a few tokens per minute, one at a time. Resolves to the
   * body for the client. Never rejects.
   */
  async answer(token: unknown): Promise<RefusalBody | { readonly expires_at: number | undefined }> {
    const fate = this.#attempts.next(this.#clock.at());
    if (fate === "ended") this.#finish(tooMany);
    if (fate !== "checked" || this.#isAnswering) return tooMany.body;
    this.#isAnswering = true;
    const error = await this.renew(token).finally(() => {
      this.#isAnswering = false;
    });
    return error
      ? toThrownRefusal(this.#options.guard, error, "authenticate").body
      : { expires_at: this.auth?.expiresAt };
  }

  /** Starts the timer for the token's expiry. */
  start(): void {
    if (!this.#isOver) this.#wait();
  }

  /** Stops the timer of a connection that is gone. */
  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  async #renewWith(token: string): Promise<AuthError | undefined> {
    if (!this.isOpen()) return new AuthError("expired");
    const outcome = await this.#check.ask(token);
    if (outcome instanceof AuthError) return outcome;
    if (!this.isOpen()) return new AuthError("expired");
    const stranger = this.#owner && checkSameOwner(this.#owner, toOwner(outcome));
    if (stranger) return stranger;
    this.#isProven = false;
    this.#keep(outcome);
    this.#wait();
    return undefined;
  }

  #keep(auth: Auth<Claims>): void {
    const wall = this.#check.now();
    const now = this.#clock.at(wall);
    const left = Math.max(auth.expiresAt - wall, grace);
    this.#auth = auth;
    this.#owner = toOwner(auth);
    this.#until = wall + left;
    this.#deadline = now + left;
    this.#checkedAt = now;
    this.#outage = undefined;
  }

  /**
   * A token is not accepted past its `exp`, even if the timer did not fire because the machine
   * slept (RFC 7519 §4.1.4).
   */
  #lookAtClock(): number {
    const { guard, limits } = this.#options;
    const wall = this.#check.now();
    const now = this.#clock.at(wall);
    const left = Math.min(this.#until - wall, this.#deadline - now);
    if (this.#auth && left <= 0) this.#finish(toThrownRefusal(guard, new AuthError("expired"), "session"));
    const ageLeft = (limits.maxAge ?? Number.POSITIVE_INFINITY) - (now - this.#began);
    if (ageLeft <= 0) this.#finish(tooOld);
    return Math.min(left, ageLeft);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const left = this.#lookAtClock();
    if (this.#isOver || left === Number.POSITIVE_INFINITY) return;
    // Spreads the checks after a start at which all clients connect at once.
    const wait = Math.min(left, lookEvery * (1 - Math.random() / 4));
    this.#timer = setTimeout(() => this.#look(), Math.ceil(wait * 1000));
    // An open connection keeps the process alive by itself.
    this.#timer.unref?.();
  }

  #look(): void {
    this.#wait();
    void this.#checkAgain();
  }

  /** The token may have been revoked, its key withdrawn, or its grants changed. */
  async #checkAgain(): Promise<void> {
    const auth = this.#auth;
    const age = this.#clock.at() - this.#checkedAt;
    if (auth === undefined || this.#isOver || age < lookEvery / 2) return;
    const isAsked = this.#asking === auth;
    // Age alone does not count: a machine that slept has not asked yet. Fail closed (CWE-636).
    if (age >= maxUnchecked && (isAsked || this.#outage)) {
      return this.#refuse(this.#outage ?? new AuthError("check_failed"));
    }
    if (isAsked) return;
    this.#asking = auth;
    const outcome = await (this.#isProven ? this.#check.askUnproven(auth) : this.#check.ask(auth.token));
    this.#asking = undefined;
    // Meanwhile, another token arrived or the session ended.
    if (this.#isOver || this.#auth !== auth) return;
    if (outcome instanceof AuthError && outcome.status >= 500) this.#outage = outcome;
    else if (outcome instanceof AuthError) this.#refuse(outcome);
    else this.#confirm(outcome);
  }

  /** Expiry stays as it was, unless the token's became earlier. */
  #confirm(auth: Auth<Claims>): void {
    const { issuer, subject } = auth;
    const isSame = issuer === this.#owner?.issuer && subject === this.#owner.subject;
    if (!isSame) this.#refuse(new AuthError("claim_mismatch", { details: { name: "sub" } }));
    if (!isSame) return;
    this.#auth = auth;
    this.#until = Math.min(this.#until, auth.expiresAt);
    this.#checkedAt = this.#clock.at();
    this.#outage = undefined;
  }

  #refuse(error: AuthError): void {
    this.#finish(toThrownRefusal(this.#options.guard, error, "session"));
  }

  /** From here on, no facts of the token are returned. */
  #finish(ending: Ending): void {
    const wasOver = this.#isOver;
    this.#auth = undefined;
    this.close();
    if (wasOver) return;
    try {
      this.#options.onEnd(ending);
    } catch (error) {
      warnOfListener("session", error);
    }
  }
}
