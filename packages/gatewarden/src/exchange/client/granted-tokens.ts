// The tokens that a server has given: kept within bounds, one request for all that wait for the
// same, renewed before they expire. Keyed by hash of the incoming token (CWE-312).

import type { CircuitState } from "../../introspection/circuit.js";
import type { Limit } from "../../introspection/limit.js";
import { createLimit } from "../../introspection/limit.js";
import { Dependency, type DependencyStatus } from "../../monitoring/dependency.js";
import { rejectOnAbort } from "../../platform/abort.js";
import { type BoundedMap, createBoundedMap } from "../../platform/bounded-map.js";
import { createMonotonicClock, type MonotonicClock } from "../../platform/monotonic-clock.js";
import type { RunCall } from "../exchange.js";
import { readTokenFailure } from "./failure.js";
import { ServerCircuit } from "./server-circuit.js";
import type { GrantedToken, GrantQuestion, TokenEndpoint } from "./token-endpoint.js";
import { TokenRequestError } from "./token-request-error.js";

/** A token that somebody needs. */
export interface Wish {
  /** Hash of the incoming token; empty for a machine's own. */
  readonly owner: string;
  /** Which token. */
  readonly target: string;
  /** `exp` of the incoming token: seconds since 1970. */
  readonly expiresAt: number;
  readonly question: GrantQuestion;
  /** Must not appear in messages. */
  readonly secrets: readonly string[];
  /** Makes the request, so that it can be traced. */
  readonly run?: RunCall | undefined;
}

/** A token that is kept. */
export interface KeptToken {
  readonly granted: GrantedToken;
  /** Seconds since 1970. */
  readonly expiresAt: number | undefined;
  /** By the monotonic clock: when a new one is fetched beside its use, and when its use ends. */
  readonly renewAt: number;
  readonly until: number;
  /** By the wall clock: the end of the incoming token. */
  readonly exp: number;
}

/** How tokens are got. Durations in seconds. */
export interface GrantSettings {
  readonly endpoint: Pick<TokenEndpoint, "ask">;
  readonly timeout: number;
  readonly refusedMaxAge: number;
  readonly maxEntries: number;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** State of the token server, for metrics and health checks of your own. */
export interface TokenSourceStatus extends DependencyStatus {
  /** For how many incoming tokens something is kept. */
  readonly entries: number;
  /** `open`: the server fails and is not asked. `half-open`: the next request tests it. */
  readonly circuit: CircuitState;
}

interface Refused {
  readonly error: TokenRequestError;
  readonly until: number;
}

interface Flight {
  readonly answer: Promise<KeptToken>;
  readonly endsAt: number;
}

/** How many tokens are kept for one incoming token. */
const mostTargets = 16;
const running = 64;
const waiting = 1000;
const patience = 10;
/** How long a token lives of which the server does not say it. */
const unsaidLifetime = 60;
/** How often a token may be fetched anew because the next API refused it. */
const dropPause = 10;

export class GrantedTokens {
  readonly #settings: GrantSettings;
  readonly #clock: MonotonicClock;
  readonly #kept: BoundedMap<BoundedMap<KeptToken>>;
  readonly #refused: BoundedMap<Refused>;
  readonly #dropped: BoundedMap<{ readonly at: number; readonly value: string }>;
  readonly #flights = new Map<string, Flight>();
  readonly #limit: Limit;
  readonly #circuit: ServerCircuit;
  readonly #watch: Dependency;

  constructor(settings: GrantSettings) {
    const { maxEntries, timeout, now } = settings;
    this.#settings = settings;
    this.#clock = createMonotonicClock(now);
    this.#kept = createBoundedMap(maxEntries);
    this.#refused = createBoundedMap(maxEntries);
    this.#dropped = createBoundedMap(maxEntries);
    this.#circuit = new ServerCircuit(maxEntries, timeout);
    this.#watch = new Dependency(now);
    const elapsed = () => this.#clock.at();
    this.#limit = createLimit({ running, waiting, patience: { known: patience, others: 0 }, timeout, now: elapsed });
  }

  status(): TokenSourceStatus {
    return { ...this.#watch, entries: this.#kept.size, circuit: this.#circuit.state(this.#clock.at()) };
  }

  /** Rejects with `TokenRequestError`. */
  async get(wish: Wish): Promise<KeptToken> {
    const kept = this.#find(wish);
    if (kept === undefined) return this.#join(wish) ?? this.#ask(wish);
    if (this.#clock.at() >= kept.renewAt) this.#renew(wish);
    return kept;
  }

  /**
   * The next API refused this token. Whether another attempt makes sense: not where the one before
   * was refused just now, or each of its requests would cost one of the server.
   */
  drop(wish: Wish, value: string): boolean {
    const tokens = this.#kept.get(wish.owner);
    const [key, at] = [toKey(wish), this.#clock.at()];
    const last = this.#dropped.get(key);
    const current = tokens?.get(wish.target)?.granted.value;
    // Another request has done so already. A server may give the same token again.
    if (current === undefined ? last?.value === value : current !== value) return true;
    if (last && at < last.at + dropPause) return false;
    this.#dropped.set(key, { at, value });
    tokens?.delete(wish.target);
    return true;
  }

  forget(owner: string): void {
    this.#kept.delete(owner);
  }

  #find({ owner, target }: Wish): KeptToken | undefined {
    const kept = this.#kept.get(owner)?.get(target);
    if (kept === undefined) return undefined;
    const wall = this.#settings.now();
    return this.#clock.at(wall) < kept.until && wall < kept.exp ? kept : undefined;
  }

  #join(wish: Wish): Promise<KeptToken> | undefined {
    const flight = this.#flights.get(toKey(wish));
    // One past its time limit never ends: it was cut off with its request, as on Workers.
    return flight && this.#clock.at() < flight.endsAt ? flight.answer : undefined;
  }

  /** Beside the use of the old token, which is good for a while if this fails. */
  #renew(wish: Wish): void {
    if (this.#join(wish)) return;
    this.#ask(wish).catch(() => undefined);
  }

  async #ask(wish: Wish): Promise<KeptToken> {
    const [key, now] = [toKey(wish), this.#clock.at()];
    const refused = this.#refused.get(key);
    if (refused && now < refused.until) throw refused.error.again();
    const held = this.#circuit.refuse(key, now);
    if (held) throw held;
    if (this.#flights.size > running + waiting) this.#dropEnded(now);
    const flight: Flight = {
      endsAt: now + patience + this.#settings.timeout,
      answer: this.#takeTurn(wish, key).finally(() => {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
      }),
    };
    this.#flights.set(key, flight);
    return flight.answer;
  }

  #dropEnded(now: number): void {
    for (const [key, { endsAt }] of this.#flights) if (endsAt <= now) this.#flights.delete(key);
  }

  async #takeTurn(wish: Wish, key: string): Promise<KeptToken> {
    const place = await this.#limit.enter("known");
    if (place === undefined) throw new TokenRequestError("server_unavailable", { retryAfter: 1 });
    try {
      return await this.#request(wish, key);
    } finally {
      this.#limit.leave(place);
    }
  }

  #request(wish: Wish, key: string): Promise<KeptToken> {
    const send = () => this.#send(wish, key);
    return wish.run ? wish.run(send) : send();
  }

  async #send(wish: Wish, key: string): Promise<KeptToken> {
    const { endpoint, timeout } = this.#settings;
    const asked = this.#clock.at();
    try {
      const signal = AbortSignal.timeout(timeout * 1000);
      const granted = await Promise.race([endpoint.ask(wish.question, signal), rejectOnAbort(signal)]);
      this.#watch.noteAnswer();
      this.#circuit.noteAnswer(key);
      this.#refused.delete(key);
      return this.#keep(wish, granted, asked);
    } catch (error) {
      throw this.#noteFailure(error, wish, key);
    }
  }

  #noteFailure(error: unknown, wish: Wish, key: string): TokenRequestError {
    const failure = readTokenFailure(error, wish.secrets);
    const now = this.#clock.at();
    if (failure.about !== "request") {
      this.#watch.noteFailure(failure.error);
      this.#circuit.noteFailure(key, failure, now);
      return failure.error;
    }
    this.#watch.noteAnswer();
    this.#circuit.noteAnswer(key);
    // The server has withdrawn what it gave: the old token must not be used on.
    this.#kept.get(wish.owner)?.delete(wish.target);
    this.#refused.set(key, { error: failure.error, until: now + this.#settings.refusedMaxAge });
    return failure.error;
  }

  #keep({ owner, target, expiresAt: exp }: Wish, granted: GrantedToken, asked: number): KeptToken {
    const lifetime = granted.lifetime ?? unsaidLifetime;
    const wall = this.#settings.now();
    const kept: KeptToken = {
      granted,
      expiresAt: granted.lifetime === undefined ? undefined : wall + granted.lifetime,
      // With jitter, so that a fleet that started together does not renew together.
      renewAt: asked + lifetime * (0.7 + Math.random() * 0.15),
      until: asked + lifetime - Math.min(30, lifetime * 0.1),
      exp,
    };
    if (lifetime <= 0 || wall >= exp) return kept;
    const tokens = this.#kept.get(owner) ?? createBoundedMap<KeptToken>(mostTargets);
    tokens.set(target, kept);
    this.#kept.set(owner, tokens);
    return kept;
  }
}

function toKey({ owner, target }: Wish): string {
  return `${owner} ${target}`;
}
