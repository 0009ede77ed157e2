// Opaque tokens described by their issuer (RFC 7662): remembered within bounds, asked for once however many wait, never in a flood.
import { type Awaitable, chain } from "../awaitable.js";
import { type BoundedMap, createBoundedMap } from "../bounded-map.js";
import { Dependency, DependencyError, type DependencyStatus } from "../dependency.js";
import { AuthError } from "../errors.js";
import type { OutgoingCalls } from "../outgoing-calls.js";
import { sha256Text } from "../token/hash.js";
import { isObject, type JsonObject, member } from "../token/json.js";
import type { Introspect } from "./introspect.js";
import { createLimit, type Limit } from "./limit.js";
import { createOutage, type Outage } from "./outage.js";

/** How tokens are introspected. Durations in seconds. */
export interface IntrospectorSettings {
  readonly introspect: Introspect;
  /** What `iss` is where the server leaves it out, as it may (RFC 7662 §2.2). */
  readonly issuer: string;
  readonly maxAge: number;
  readonly inactiveMaxAge: number;
  readonly maxEntries: number;
  readonly maxConcurrent: number;
  readonly timeout: number;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly calls: OutgoingCalls;
}

/** Describes opaque tokens. */
export interface Introspector {
  /** The claims of an active token. Throws, or rejects with, `AuthError`: `token_malformed`, `token_inactive`, `introspection_unavailable`. */
  describe(token: string): Awaitable<JsonObject>;
  status(): IntrospectionStatus;
}

/** How the introspection of opaque tokens is doing. */
export interface IntrospectionStatus extends DependencyStatus {
  /** How many tokens are remembered, inactive ones included. */
  readonly entries: number;
}

interface Entry {
  /** Undefined of a token that is not active. */
  readonly claims: JsonObject | undefined;
  readonly until: number;
}

/** The characters that a token can have (RFC 6750 §2.1). Others are not worth a question. */
const token68 = /^[A-Za-z0-9\-._~+/]+=*$/;
const maxWaiting = 1000;

/** Creates the introspector. Nothing is asked before the first token. */
export function createIntrospector(settings: IntrospectorSettings): Introspector {
  return new CachingIntrospector(settings);
}

class CachingIntrospector implements Introspector {
  readonly #settings: IntrospectorSettings;
  readonly #active: BoundedMap<Entry>;
  // Apart from the active ones: made-up tokens must push no real one out (CWE-770).
  readonly #inactive: BoundedMap<Entry>;
  readonly #pending = new Map<string, Promise<JsonObject>>();
  readonly #limit: Limit;
  readonly #outage: Outage = createOutage();
  readonly #watch: Dependency;

  constructor(settings: IntrospectorSettings) {
    this.#settings = settings;
    this.#active = createBoundedMap(settings.maxEntries);
    this.#inactive = createBoundedMap(settings.maxEntries);
    this.#watch = new Dependency(settings.now);
    this.#limit = createLimit({ running: settings.maxConcurrent, waiting: maxWaiting });
  }

  status(): IntrospectionStatus {
    return { ...this.#watch, entries: this.#active.size + this.#inactive.size };
  }

  describe(token: string): Awaitable<JsonObject> {
    if (!token68.test(token)) {
      throw new AuthError("token_malformed", { details: { name: "token", problem: "has characters no token has" } });
    }
    // No token lies about in a cache (RFC 7662 §4, CWE-312).
    return chain(sha256Text(token), (key) => this.#find(key) ?? this.#pending.get(key) ?? this.#ask(key, token));
  }

  #find(key: string): JsonObject | undefined {
    const entry = this.#active.get(key) ?? this.#inactive.get(key);
    if (entry === undefined || this.#settings.now() >= entry.until) return undefined;
    if (entry.claims === undefined) throw new AuthError("token_inactive");
    return entry.claims;
  }

  #ask(key: string, token: string): Promise<JsonObject> {
    this.#refuseDuringOutage();
    if (this.#limit.isFull)
      throw this.#unavailable(new DependencyError(`More than ${maxWaiting} tokens wait for introspection`));
    const asking = this.#limit
      .run(() => this.#request(token))
      .then((response) => this.#remember(key, response))
      .finally(() => this.#pending.delete(key));
    this.#pending.set(key, asking);
    return asking;
  }

  async #request(token: string): Promise<JsonObject> {
    // Back-off may have begun while this token waited for its turn.
    this.#refuseDuringOutage();
    const { calls, issuer, now } = this.#settings;
    try {
      const response = await calls.run({ kind: "introspection", issuer }, () => this.#call(token));
      this.#outage.end();
      this.#watch.noteAnswer();
      return response;
    } catch (error) {
      this.#outage.note(error, now());
      this.#watch.noteFailure(error);
      throw this.#unavailable(error);
    }
  }

  async #call(token: string): Promise<JsonObject> {
    const { introspect, timeout } = this.#settings;
    const signal = AbortSignal.timeout(timeout * 1000);
    const response: unknown = await Promise.race([introspect(token, { signal }), rejectOnAbort(signal)]);
    // Anything but true or false is no answer (RFC 7662 §2.2), so it lets nobody in and calls nobody's token bad.
    if (!isObject(response) || typeof member(response, "active") !== "boolean") {
      throw new DependencyError("The introspection response has no `active` that is true or false");
    }
    // A copy, so that what is remembered cannot be changed from outside.
    return structuredClone(response);
  }

  #remember(key: string, { active, ...described }: JsonObject): JsonObject {
    const { issuer, maxAge, inactiveMaxAge, now } = this.#settings;
    if (active !== true) {
      this.#active.delete(key);
      if (inactiveMaxAge > 0) this.#inactive.set(key, { claims: undefined, until: now() + inactiveMaxAge });
      throw new AuthError("token_inactive");
    }
    const claims = { ...described, iss: member(described, "iss") ?? issuer };
    const exp = member(described, "exp");
    // No longer than the token lives (RFC 7662 §4: a cached answer must not outlast `exp`).
    const until = Math.min(now() + maxAge, typeof exp === "number" ? exp : Number.POSITIVE_INFINITY);
    this.#inactive.delete(key);
    if (until > now()) this.#active.set(key, { claims, until });
    return claims;
  }

  #refuseDuringOutage(): void {
    if (this.#settings.now() < this.#outage.retryAt) throw this.#unavailable(this.#outage.lastError);
  }

  /** Not the caller's fault, so 503 and when to come back, never 401 (RFC 9110 §15.6.4). */
  #unavailable(cause: unknown): AuthError {
    const wait = this.#outage.retryAt - this.#settings.now();
    return new AuthError("introspection_unavailable", { retryAfter: Math.max(1, Math.ceil(wait)), cause });
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
