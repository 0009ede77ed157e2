// Descriptions of opaque tokens from their issuer (RFC 7662): cached within bounds, one question
// per token for all waiting requests, and limited concurrency.

import { AuthError } from "../errors.js";
import { Dependency, DependencyError, type DependencyStatus } from "../monitoring/dependency.js";
import type { OutgoingCalls } from "../monitoring/outgoing-calls.js";
import { rejectOnAbort } from "../platform/abort.js";
import { type Awaitable, chain } from "../platform/awaitable.js";
import { sha256Text } from "../token/hash.js";
import { type JsonObject, member } from "../token/json.js";
import { type Admission, Circuit, type CircuitState, type LaneName } from "./circuit.js";
import { type Failure, readFailure, UnusableAnswer } from "./failure.js";
import type { Introspect, IntrospectionStore } from "./introspect.js";
import { createLimit, type Limit } from "./limit.js";
import { Memory } from "./memory.js";
import { Pending, type TokenQuestion } from "./pending.js";
import { type ActiveResponse, checkActive, isActiveResponse } from "./rules.js";
import { findShared, shareAnswer } from "./shared.js";

/** How tokens are introspected. Durations in seconds. */
export interface IntrospectorSettings {
  readonly introspect: Introspect;
  /** The value of `iss` where the server omits it, as it may (RFC 7662 §2.2). */
  readonly issuer: string;
  readonly maxAge: number;
  readonly inactiveMaxAge: number;
  readonly maxEntries: number;
  readonly maxConcurrent: number;
  readonly timeout: number;
  /** Answers that other processes have asked for, where they are shared. */
  readonly store?: IntrospectionStore | undefined;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly calls: OutgoingCalls;
}

/** Describes opaque tokens. */
export interface Introspector {
  /**
   * The claims of an active token. Throws, or rejects with, `AuthError`: `token_malformed`,
   * `token_inactive`, `introspection_unavailable`.
   */
  describe(token: string): Awaitable<JsonObject>;
  status(): IntrospectionStatus;
}

/** State of the introspection of opaque tokens. */
export interface IntrospectionStatus extends DependencyStatus {
  /** How many tokens are cached, including inactive ones. */
  readonly entries: number;
  /**
   * Whether the server is not contacted because it fails: `known` for tokens that were active when
   * it was last asked, `others` for all others. `closed`: questions are sent. `open`: they are
   * answered with 503. `half-open`: the next one tests whether the server has recovered.
   */
  readonly circuit: { readonly known: CircuitState; readonly others: CircuitState };
}

/** The characters that a token can have (RFC 6750 §2.1). Other texts are not sent to the server. */
const token68 = /^[A-Za-z0-9\-._~+/]+=*$/;
/**
 * How many tokens may wait in a lane, and for how many seconds: few clients, and few proxies in
 * front, wait longer.
 */
const waiting = 1000;
const patience = { known: 30, others: 10 };

/** Creates the introspector. Sends nothing before the first token. */
export function createIntrospector(settings: IntrospectorSettings): Introspector {
  return new CachingIntrospector(settings);
}

class CachingIntrospector implements Introspector {
  readonly #settings: IntrospectorSettings;
  readonly #memory: Memory;
  readonly #pending = new Pending();
  readonly #limit: Limit;
  readonly #circuit: Circuit;
  readonly #watch: Dependency;

  constructor(settings: IntrospectorSettings) {
    this.#settings = settings;
    const memory = new Memory(settings);
    this.#memory = memory;
    this.#circuit = new Circuit((most) => memory.countKnownActive(most), settings.timeout);
    this.#watch = new Dependency(settings.now);
    const now = () => memory.elapsed();
    const { maxConcurrent: running, timeout } = settings;
    this.#limit = createLimit({ running, waiting, patience, timeout, now });
  }

  status(): IntrospectionStatus {
    const now = this.#memory.elapsed();
    const circuit = { known: this.#circuit.state("known", now), others: this.#circuit.state("others", now) };
    return { ...this.#watch, entries: this.#memory.size, circuit };
  }

  describe(token: string): Awaitable<JsonObject> {
    if (!token68.test(token)) {
      throw new AuthError("token_malformed", { details: { name: "token", problem: "has characters no token has" } });
    }
    // Caches hashes instead of tokens (RFC 7662 §4, CWE-312).
    return chain(sha256Text(token), (key) => this.#find(key) ?? this.#join(key) ?? this.#ask(key, token));
  }

  #find(key: string): JsonObject | undefined {
    const entry = this.#memory.find(key);
    if (entry === undefined) return undefined;
    if (entry.claims === undefined) throw new AuthError("token_inactive");
    return entry.claims;
  }

  #join(key: string): Promise<JsonObject> | undefined {
    return this.#pending.get(key, this.#memory.elapsed());
  }

  #ask(key: string, token: string): Promise<JsonObject> {
    const lane = this.#memory.isKnownActive(key) ? "known" : "others";
    const now = this.#memory.elapsed();
    const question: TokenQuestion = { key, token, lane, endsAt: now + patience[lane] };
    const { store } = this.#settings;
    const asking = store ? this.#askStore(store, question) : this.#askServer(question);
    return this.#pending.begin(question, asking, now);
  }

  /** A shared answer also serves while the server must not be contacted. */
  async #askStore(store: IntrospectionStore, question: TokenQuestion): Promise<JsonObject> {
    const { issuer, maxAge, timeout, now } = this.#settings;
    const shared = { token: question.token, issuer };
    const found = await findShared(store, shared, { maxAge, timeout });
    if (found) return this.#remember(question.key, found.response, found.age);
    return this.#askServer(question, (response) => shareAnswer(store, shared, { response, maxAge, now: now() }));
  }

  #askServer(question: TokenQuestion, share?: (response: ActiveResponse) => void): Promise<JsonObject> {
    const { key, lane } = question;
    // The same unanswerable token is not sent repeatedly. A token that was active is answerable.
    if (lane === "others" && this.#memory.isUnanswered(key)) {
      throw this.#unavailable(lane, new DependencyError("The server had no answer for this token a moment ago"));
    }
    if (this.#circuit.state(lane, this.#memory.elapsed()) === "open") throw this.#refuse(lane);
    return this.#takeTurn(question).then((response) => {
      share?.(response);
      return this.#remember(key, response);
    });
  }

  async #takeTurn(question: TokenQuestion): Promise<ActiveResponse> {
    const { lane } = question;
    const place = await this.#limit.enter(lane);
    if (place === undefined) {
      throw this.#unavailable(lane, new DependencyError("Too many tokens wait for introspection"));
    }
    try {
      question.endsAt = place.endsAt;
      // Back-off may have begun while this token waited.
      const admission = this.#circuit.admit(lane, this.#memory.elapsed());
      if (admission === undefined) throw this.#refuse(lane);
      return await this.#request(question, admission);
    } finally {
      this.#limit.leave(place);
    }
  }

  async #request({ key, token, lane }: TokenQuestion, admission: Admission): Promise<ActiveResponse> {
    const { calls, issuer } = this.#settings;
    try {
      const response = await calls.run({ kind: "introspection", issuer }, () => this.#call(token));
      this.#circuit.noteAnswer(admission, this.#memory.elapsed());
      this.#watch.noteAnswer();
      return response;
    } catch (error) {
      const failure = readFailure(error);
      this.#circuit.noteFailure({ admission, failure, error, key }, this.#memory.elapsed());
      this.#noteFailure(failure, lane, error);
      if (failure.about !== "service") this.#memory.rememberUnanswered(key);
      throw this.#unavailable(lane, error);
    }
  }

  async #call(token: string): Promise<ActiveResponse> {
    const { introspect, timeout } = this.#settings;
    const signal = AbortSignal.timeout(timeout * 1000);
    const response: unknown = await Promise.race([introspect(token, { signal }), rejectOnAbort(signal)]);
    if (!isActiveResponse(response)) {
      throw new UnusableAnswer("The introspection response has no `active` that is true or false");
    }
    // A copy, so that the cached object cannot be changed from outside.
    return structuredClone(response);
  }

  #remember(key: string, response: ActiveResponse, age?: number): JsonObject {
    const refusal = checkActive(response);
    if (refusal) {
      this.#memory.rememberInactive(key);
      throw refusal;
    }
    const { active: _active, ...described } = response;
    const claims = { ...described, iss: member(described, "iss") ?? this.#settings.issuer };
    this.#memory.rememberActive(key, claims, age);
    return claims;
  }

  /**
   * Once the server has answered, an unanswerable unknown token does not mean that it is failing.
   */
  #noteFailure({ about }: Failure, lane: LaneName, error: unknown): void {
    const watch = this.#watch;
    const isStrangers = about === "token" && lane === "others" && watch.failed < watch.asked;
    if (!isStrangers) watch.noteFailure(error);
    else {
      watch.asked++;
      watch.failed++;
    }
  }

  #refuse(lane: LaneName): AuthError {
    return this.#unavailable(lane, this.#circuit.lastError);
  }

  /** Not the caller's fault, so 503 with `Retry-After`, never 401 (RFC 9110 §15.6.4). */
  #unavailable(lane: LaneName, cause: unknown): AuthError {
    const wait = this.#circuit.retryAt(lane) - this.#memory.elapsed();
    return new AuthError("introspection_unavailable", { retryAfter: Math.max(1, Math.ceil(wait)), cause });
  }
}
