// An issuer's key set over HTTP: fetched once for all waiting requests, refreshed in the
// background, used stale while the issuer is down.

import { AuthError } from "../errors.js";
import type { OutgoingCalls } from "../monitoring/outgoing-calls.js";
import { type Awaitable, chain } from "../platform/awaitable.js";
import { backOffSeconds } from "../platform/back-off.js";
import { createMonotonicClock, type MonotonicClock } from "../platform/monotonic-clock.js";
import { warn } from "../platform/runtime.js";
import type { Verify } from "../token/signature.js";
import { type FetchedJson, type FetchSettings, fetchJson, keySetTypes } from "./fetch-json.js";
import { isUnknown, type KeyQuery, type KeySet, parseKeySet, selectVerifier } from "./key-set.js";
import type { KeySource } from "./key-source.js";
import type { KeysStatus, MutableKeyCounts } from "./keys-status.js";
import { createRefetchBudget, NotAsked } from "./refetch-budget.js";

/** How a remote key set is kept. All durations in seconds. */
export interface RemoteKeysSettings extends FetchSettings {
  /** The current URL of the key set. */
  readonly locate: (look: Look) => Awaitable<string>;
  /** Longest time for which a fetched set counts as fresh. */
  readonly maxAge: number;
  /** How long after that it may still be used while the issuer is unreachable. */
  readonly staleIfError: number;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** The issuer of these keys, as far as it is known yet. */
  readonly issuer: () => string;
  readonly calls: OutgoingCalls;
  /**
   * Where attempts are counted. Looked-up issuers share one, so that no count is lost when one of
   * them is evicted.
   */
  readonly counts: MutableKeyCounts;
}

/** How the key set's URL is requested. */
interface Look {
  /** Maximum age of the answer in seconds; left out where an old one is acceptable. */
  readonly maxAge?: number;
  /** When it must be over, by `performance.now()`. */
  readonly endsAt: number;
}

interface FetchedSet {
  readonly set: KeySet;
  readonly maxAge: number | undefined;
  readonly isFromCache: boolean;
}

/** A set and its times, by the monotonic clock. */
interface Loaded {
  readonly set: KeySet;
  readonly isFromCache: boolean;
  readonly loadedAt: number;
  readonly refreshAt: number;
  readonly freshUntil: number;
  readonly usableUntil: number;
}

const minAge = 15;
const defaultAge = 600;
/**
 * The fraction of its fresh time after which a set is refreshed in the background: at the latest,
 * and how much earlier at random, so that processes that started together do not refresh together.
 */
const refreshAfter = 0.75;
const refreshSpread = 0.15;
/**
 * Maximum age, in seconds, of a URL that has just failed or whose set lacks a key. Not longer than
 * the shortest full back-off.
 */
const doubtfulAge = 30;
/** All requests of one load together may take this many times the timeout of one. */
const requestsPerLoad = 2;

/** Creates the source. Fetches nothing before the first `pick` or `ready()`. */
export function createRemoteKeys(settings: RemoteKeysSettings): KeySource {
  return new RemoteKeys(settings);
}

class RemoteKeys implements KeySource {
  readonly #settings: RemoteKeysSettings;
  /**
   * Ages and waits are durations: setting the wall clock back must not extend the life of a
   * withdrawn key or of a back-off.
   */
  readonly #clock: MonotonicClock;
  readonly #budget = createRefetchBudget();
  #loaded: Loaded | undefined;
  #fetching: Promise<void> | undefined;
  #fetchEndsAt = 0;
  #failures = 0;
  #retryAt = Number.NEGATIVE_INFINITY;
  #lastError: unknown;
  #warned = "";
  #clockOffset: number | undefined;

  constructor(settings: RemoteKeysSettings) {
    this.#settings = { accept: keySetTypes, ...settings };
    this.#clock = createMonotonicClock(settings.now);
  }

  async ready(): Promise<void> {
    const now = this.#clock.at();
    if (this.#usable(now) !== undefined) return;
    // Health checks poll: during back-off they get the last error.
    if (this.#inFlight === undefined && now < this.#retryAt) throw this.#lastError;
    await this.#refresh();
    if (this.#usable(this.#clock.at()) === undefined) throw this.#lastError;
  }

  clockOffset(): number | undefined {
    return this.#clockOffset;
  }

  pick(query: KeyQuery, wall?: number): Awaitable<Verify> {
    const now = this.#clock.at(wall);
    const loaded = this.#usable(now);
    if (loaded === undefined) return this.#loadThenPick(query, now);
    if (now >= loaded.refreshAt && now >= this.#retryAt) {
      // The refresh never rejects: it stores its error for those who need one.
      const earlier = this.#inFlight;
      const refreshing = this.#refresh();
      // A set that is no longer fresh is used only when the issuer was asked and could not answer;
      // otherwise a withdrawn key would stay valid.
      if (now >= loaded.freshUntil && this.#failures === 0)
        return refreshing.then(() => this.#pickAfter(query, earlier));
    }
    if (now >= loaded.freshUntil) this.#settings.counts.staleServes++;
    return this.#pickFrom(loaded.set, query, now);
  }

  status(): KeysStatus {
    const wall = this.#settings.now();
    const now = this.#clock.at(wall);
    const loaded = this.#usable(now);
    const isFresh = loaded !== undefined && now < loaded.freshUntil;
    const toWall = (moment?: number) => (moment === undefined ? undefined : wall + moment - now);
    return {
      state: loaded === undefined ? "missing" : isFresh ? "fresh" : "stale",
      loadedAt: toWall(this.#loaded?.loadedAt),
      freshUntil: toWall(this.#loaded?.freshUntil),
      usableUntil: toWall(this.#loaded?.usableUntil),
      failures: this.#failures,
      retryAt: this.#failures > 0 ? toWall(this.#retryAt) : undefined,
      lastError: this.#lastError,
      counts: { ...this.#settings.counts },
    };
  }

  #usable(now: number): Loaded | undefined {
    return this.#loaded !== undefined && now < this.#loaded.usableUntil ? this.#loaded : undefined;
  }

  /** Picks synchronously. Only a token with an unknown `kid` waits for the issuer. */
  #pickFrom(set: KeySet, query: KeyQuery, now: number): Awaitable<Verify> {
    if (!isUnknown(set, query)) return selectVerifier(set, query);
    const earlier = this.#inFlight;
    return earlier ? earlier.then(() => this.#askThenPick(query)) : this.#askThenPick(query, now);
  }

  /**
   * An answer that was in flight when the token arrived may be older than the key, and so may one
   * that a cache held. It is awaited, and does not count as asking.
   */
  #pickAfter(query: KeyQuery, earlier: Promise<void> | undefined): Awaitable<Verify> {
    return earlier || this.#loaded?.isFromCache ? this.#askThenPick(query) : this.#pickLoaded(query);
  }

  /**
   * Asks the issuer, within the budget. While the issuer is failing, back-off decides. A request in
   * flight is joined.
   */
  #askThenPick(query: KeyQuery, now: number = this.#clock.at()): Awaitable<Verify> {
    const loaded = this.#usable(now);
    if (loaded === undefined || !isUnknown(loaded.set, query) || now < this.#retryAt) return this.#pickLoaded(query);
    if (this.#inFlight === undefined) {
      const judgement = this.#budget.judge(query.kid ?? "", now);
      if (judgement === "missing" || (judgement !== "ask" && this.#failures > 0)) return this.#pickLoaded(query);
      // The key may exist, and the issuer was not asked: the token is not proven bad (401).
      if (judgement !== "ask") throw exhausted(judgement);
      this.#settings.counts.unknownKeyFetches++;
    }
    return this.#refresh(doubtfulAge).then(() => this.#pickLoaded(query));
  }

  async #loadThenPick(query: KeyQuery, now: number): Promise<Verify> {
    const earlier = this.#inFlight;
    if (earlier === undefined && now < this.#retryAt) throw this.#unavailable(now);
    await this.#refresh();
    return this.#pickAfter(query, earlier);
  }

  #pickLoaded(query: KeyQuery): Verify {
    const now = this.#clock.at();
    const loaded = this.#usable(now);
    if (loaded === undefined) throw this.#unavailable(now);
    // A new key may exist while the issuer is unreachable: that is our failure (503), not a bad
    // token (401).
    if (this.#failures > 0 && isUnknown(loaded.set, query)) throw this.#unavailable(now);
    return selectVerifier(loaded.set, query);
  }

  #unavailable(now: number): AuthError {
    const retryAfter = Math.max(1, Math.ceil(this.#retryAt - now));
    return new AuthError("keys_unavailable", { retryAfter, cause: this.#lastError });
  }

  /** One fetch in flight for all waiting requests. Never rejects. */
  #refresh(maxAge?: number): Promise<void> {
    const inFlight = this.#inFlight;
    if (inFlight) return inFlight;
    this.#fetchEndsAt = performance.now() + requestsPerLoad * this.#settings.timeout * 1000;
    const fetching = this.#fetchKeys(maxAge, this.#fetchEndsAt).finally(() => {
      if (this.#fetching === fetching) this.#fetching = undefined;
    });
    this.#fetching = fetching;
    return fetching;
  }

  /**
   * A fetch past its time limit never ends: it was cut off with the request that started it, as
   * Workers do when a client disconnects.
   */
  get #inFlight(): Promise<void> | undefined {
    return performance.now() < this.#fetchEndsAt ? this.#fetching : undefined;
  }

  async #fetchKeys(addressAge: number | undefined, endsAt: number): Promise<void> {
    const { calls, counts, issuer } = this.#settings;
    counts.refreshes++;
    const noteSet = this.#budget.begin();
    try {
      const call = { kind: "keys", issuer: issuer() } as const;
      await calls.run(call, async () => this.#accept(await this.#fetchSet(addressAge, endsAt)));
      noteSet(this.#clock.at());
    } catch (error) {
      counts.failures++;
      this.#failures++;
      this.#lastError = error;
      this.#retryAt = this.#clock.at() + backOffSeconds(this.#failures);
    }
  }

  /**
   * The set may have moved (RFC 8414 §2 `jwks_uri`): the known URL is tried first, and on failure
   * the current one.
   */
  async #fetchSet(maxAge: number | undefined, endsAt: number): Promise<FetchedSet> {
    const { locate } = this.#settings;
    const url = await locate({ endsAt, ...(maxAge !== undefined && { maxAge }) });
    try {
      return await this.#toSet(await fetchJson(url, this.#settings, endsAt));
    } catch (error) {
      const moved = await locate({ maxAge: doubtfulAge, endsAt });
      if (moved === url) throw error;
      return this.#toSet(await fetchJson(moved, this.#settings, endsAt));
    }
  }

  #toSet({ document, maxAge, serverTime, isFromCache = false }: FetchedJson): Awaitable<FetchedSet> {
    if (serverTime !== undefined) this.#clockOffset = serverTime - this.#settings.now();
    return chain(parseKeySet(document, this.#loaded?.set, this.#settings.counts), (set) => ({
      set,
      maxAge,
      isFromCache,
    }));
  }

  #accept({ set, maxAge: serverMaxAge, isFromCache }: FetchedSet): void {
    const { maxAge, staleIfError } = this.#settings;
    const now = this.#clock.at();
    const age = Math.min(maxAge, Math.max(minAge, serverMaxAge ?? defaultAge));
    const freshUntil = now + age;
    const refreshAt = now + age * (refreshAfter - refreshSpread * Math.random());
    this.#loaded = { set, isFromCache, loadedAt: now, refreshAt, freshUntil, usableUntil: freshUntil + staleIfError };
    this.#failures = 0;
    this.#retryAt = Number.NEGATIVE_INFINITY;
    this.#lastError = undefined;
    const ignored = set.ignored.join("; ");
    if (ignored !== "" && ignored !== this.#warned)
      warn("GATEWARDEN_KEY_IGNORED", `Not used from the issuer's key set: ${ignored}`);
    this.#warned = ignored;
  }
}

function exhausted(wait: number): AuthError {
  return new AuthError("keys_unavailable", { retryAfter: Math.max(1, Math.ceil(wait)), cause: new NotAsked() });
}
