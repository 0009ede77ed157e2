// What a connection proves over time: it ends when its token does, unless a new token of the same
// subject arrives before.
import { type Auth, AuthError, type Guard, type RefusalBody, type Requirement } from "../index.js";
import { createMonotonicClock, type MonotonicClock } from "../platform/monotonic-clock.js";
import { warnOfListener } from "../platform/runtime.js";
import type { Opening } from "./_opening.js";
import { toThrownRefusal } from "./_refusal.js";
import { checkSameOwner, type Owner, SessionCheck, toOwner } from "./_session-check.js";
import { Attempts, type Ending, type SessionLimits, tooMany, tooOld } from "./_session-limits.js";

/** What a session is made with. */
export interface SessionOptions<Claims> {
  readonly guard: Guard<Claims>;
  readonly requirement: Requirement | undefined;
  readonly auth: Auth<Claims> | undefined;
  readonly opening: Opening;
  readonly limits: SessionLimits;
  /** Called once, unless the connection closed before. */
  readonly onEnd: (ending: Ending) => void;
}

/** Seconds after which clock and token are looked at again, at the latest. */
const lookEvery = 60;
/**
 * Seconds for which a session outlives an outage of what its check depends on: keys, introspection,
 * deny list.
 */
const maxUnchecked = 300;
/**
 * Seconds that a session lasts whose token expired already, within the guard's clock tolerance:
 * enough to send a new one.
 */
const grace = 1;

/** The authentication of one connection, as the application sees it. */
export interface Session<Claims> {
  /**
   * Facts from the latest verified token. Undefined while an anonymous connection has sent none,
   * and once the session has ended: read it where you need it, and do nothing without it. Reading
   * it looks at the clock.
   */
  readonly auth: Auth<Claims> | undefined;
  /**
   * Whose connection it is, also after its end: for cleaning up. It authorizes nothing. Undefined
   * while the connection is anonymous.
   */
  readonly owner: Owner | undefined;
  /**
   * Goes on with a new token of the same subject. What it answers says why the token was refused;
   * the old one then counts until it expires. An ended session answers `expired`. Never rejects.
   * How often a client may ask for it is for the caller to bound.
   */
  renew(token: unknown): Promise<AuthError | undefined>;
}

/** The session of a connection that its adapter holds. */
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
   * When the token expires: by the guard's clock, and by time that passed, whatever was done to
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

  /** Whether messages may be handed on. Looks at the clock. */
  isOpen(): boolean {
    this.#lookAtClock();
    return !this.#isOver;
  }

  renew(token: unknown): Promise<AuthError | undefined> {
    // One after the other: of two at once the older could come last.
    const renewal = this.#renewals.then(() => this.#renewWith(typeof token === "string" ? token : ""));
    this.#renewals = renewal;
    return renewal;
  }

  /**
   * As `renew`, for what a client sends: a few tokens a minute, one at a time. Gives what the
   * client is told. Never rejects.
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

  /** Begins to wait for the token to expire. */
  start(): void {
    if (!this.#isOver) this.#wait();
  }

  /** The connection is gone: there is nothing left to wait for. */
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
   * A token counts no longer than its `exp`, also where nothing woke the timer: a machine may have
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
    // Not all at the same time, after a start to which all clients came at once.
    const wait = Math.min(left, lookEvery * (1 - Math.random() / 4));
    this.#timer = setTimeout(() => this.#look(), Math.ceil(wait * 1000));
    // A connection that is still open keeps the process alive by itself.
    this.#timer.unref?.();
  }

  #look(): void {
    this.#wait();
    void this.#checkAgain();
  }

  /** The token may have been revoked, its key withdrawn, or what it grants changed. */
  async #checkAgain(): Promise<void> {
    const auth = this.#auth;
    const age = this.#clock.at() - this.#checkedAt;
    if (auth === undefined || this.#isOver || age < lookEvery / 2) return;
    const isAsked = this.#asking === auth;
    // Not for age alone: a machine that slept has not asked yet. Fail closed (CWE-636).
    if (age >= maxUnchecked && (isAsked || this.#outage)) {
      return this.#refuse(this.#outage ?? new AuthError("check_failed"));
    }
    if (isAsked) return;
    this.#asking = auth;
    const outcome = await (this.#isProven ? this.#check.askUnproven(auth) : this.#check.ask(auth.token));
    this.#asking = undefined;
    // Another token came meanwhile, or the end.
    if (this.#isOver || this.#auth !== auth) return;
    if (outcome instanceof AuthError && outcome.status >= 500) this.#outage = outcome;
    else if (outcome instanceof AuthError) this.#refuse(outcome);
    else this.#confirm(outcome);
  }

  /** Times stay as they were, unless the token's have become shorter. */
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

  /** Nothing of the token is served from here on. */
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
