// Issuers from the developer's own data, for more tenants than a list should hold. What is found is compiled once and kept within
// a bound. A token only says which entry to look for: no part of it becomes a URL (RFC 8725 §3.8 and §3.10).

import { AuthError } from "../errors.js";
import { DependencyError } from "../monitoring/dependency.js";
import { type Awaitable, chain, rescue } from "../platform/awaitable.js";
import { createBoundedMap } from "../platform/bounded-map.js";
import { createMonotonicClock, type MonotonicClock } from "../platform/monotonic-clock.js";
import type { GuardRequest } from "../request/credentials.js";
import type { JsonObject } from "../token/json.js";
import { Failures, issuerUnavailable, isUnavailable } from "./failures.js";
import { fingerprint } from "./fingerprint.js";
import { Lane } from "./lane.js";
import { type IssuerPolicies, type IssuerPolicy, parseIssuer } from "./policy.js";
import { type Name, type QuestionSettings, ResolverQuestion } from "./resolver-question.js";
import { isIssuerName } from "./url.js";

/** The terms on which an issuer is trusted, as the developer's function returns them. */
export interface ResolvedTerms {
  readonly issuer: string;
}

/** How issuers are resolved. Times in seconds. */
export interface ResolverSettings<Terms extends ResolvedTerms> extends QuestionSettings<Terms> {
  /** What of a request the answer depends on: it is part of the key under which the answer is kept. */
  readonly tenant: ((request: GuardRequest) => string | undefined) | undefined;
  /** Checks the terms and makes the policy. Throws `ConfigError`. */
  readonly compile: (terms: Terms) => IssuerPolicy;
  readonly maxIssuers: number;
  /** How long an answer is used before the function is asked again. */
  readonly maxAge: number;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Policies found by a resolver. */
export interface ResolvedPolicies extends IssuerPolicies {
  /** How many policies are held. */
  readonly size: number;
}

/** `key` is what the answer is kept under. */
interface AskedIssuer extends Name {
  readonly key: string;
}

/** A known issuer. Times of the monotonic clock. */
interface KnownIssuer {
  readonly policy: IssuerPolicy;
  readonly terms: string;
  /** From here on it is looked up again in the background. */
  readonly refreshAt: number;
  /** From here on requests wait for the new answer. */
  readonly freshUntil: number;
  /** Until here the old terms serve while the function fails. */
  usableUntil: number;
  readonly failures: Failures;
}

/** How long an issuer stays unknown before the function is asked again, in seconds. */
const unknownAge = 10;
const maxTenantLength = 256;
/** The part of `maxAge` after which a known issuer is looked up again in the background. */
const refreshAfter = 0.75;
/** Look-ups at once: of known issuers, and of all others. */
const maxPending = 256;
/** Of all others, while look-ups of known issuers fail: these may be what makes them fail. */
const maxPendingInTrouble = 16;
/** Failures in a row before back-off begins: a single one may be a mishap. */
const tolerated = 4;

/** Makes the look-up. The function is asked once per issuer, however many requests wait for the answer. */
export function createIssuerResolver<Terms extends ResolvedTerms>(settings: ResolverSettings<Terms>): ResolvedPolicies {
  return new Resolver(settings);
}

class Resolver<Terms extends ResolvedTerms> implements ResolvedPolicies {
  readonly isFixed = false;
  readonly all = [];
  readonly #settings: ResolverSettings<Terms>;
  readonly #clock: MonotonicClock;
  readonly #question: ResolverQuestion<Terms>;
  readonly #known;
  // Apart from the known ones, so that a flood of made-up issuers pushes no real one out.
  readonly #unknown;
  readonly #failing;
  // By their terms: where the same issuer is asked for under many tenants, as made-up hosts are, its keys are fetched once (CWE-770).
  readonly #byTerms;
  // Lanes of their own for the same reason: strangers never hold up the look-up of a known issuer.
  readonly #again: Lane<IssuerPolicy>;
  readonly #first: Lane<IssuerPolicy>;
  // Only known issuers open it: what a stranger's token says may be what makes the function fail.
  readonly #circuit = new Failures(tolerated);
  #lastFailed: string | undefined;

  constructor(settings: ResolverSettings<Terms>) {
    const { maxIssuers, timeout, now } = settings;
    this.#settings = settings;
    this.#clock = createMonotonicClock(now);
    this.#question = new ResolverQuestion(settings);
    this.#known = createBoundedMap<KnownIssuer>(maxIssuers);
    this.#unknown = createBoundedMap<{ readonly until: number }>(maxIssuers);
    this.#failing = createBoundedMap<Failures>(maxIssuers);
    this.#byTerms = createBoundedMap<IssuerPolicy>(maxIssuers);
    this.#again = new Lane(timeout);
    this.#first = new Lane(timeout);
  }

  get size(): number {
    return this.#known.size;
  }

  find(claims: JsonObject, request?: GuardRequest): Awaitable<IssuerPolicy> {
    const iss = parseIssuer(claims);
    if (typeof iss !== "string" || !isIssuerName(iss)) throw untrusted(iss);
    const tenant = request && this.#settings.tenant?.(request);
    if (tenant !== undefined && (typeof tenant !== "string" || tenant.length > maxTenantLength)) throw untrusted(iss);
    // An issuer holds no line break, so the key says unambiguously where the tenant ends.
    const key = tenant === undefined ? iss : `${tenant}\n${iss}`;
    const now = this.#clock.at();
    const entry = this.#known.get(key);
    if (entry === undefined) return this.#findFirst({ key, iss, tenant }, now);
    return now < entry.refreshAt ? entry.policy : this.#findAgain({ key, iss, tenant }, entry, now);
  }

  /** A known issuer whose answer grows old: it is served on while it is looked up again. */
  #findAgain(asked: AskedIssuer, entry: KnownIssuer, now: number): Awaitable<IssuerPolicy> {
    const answer = this.#again.get(asked.key) ?? this.#lookAgain(asked, entry, now);
    if (!(answer instanceof Promise) || now >= entry.freshUntil) return answer;
    // A failure is kept for those who wait for the answer.
    answer.catch(() => undefined);
    return entry.policy;
  }

  #lookAgain(asked: AskedIssuer, entry: KnownIssuer, now: number): Awaitable<IssuerPolicy> {
    const isLeftAlone = now < Math.max(entry.failures.retryAt, this.#circuit.retryAt);
    if (isLeftAlone || this.#again.isFull(maxPending)) return this.#serveOld(entry, now);
    return this.#again.begin(asked.key, () => this.#lookUp(asked, (error) => this.#fallBack(asked, entry, error)));
  }

  #fallBack({ iss }: AskedIssuer, entry: KnownIssuer, error: unknown): IssuerPolicy {
    const now = this.#clock.at();
    entry.failures.note(error, now);
    if (isUnavailable(error)) {
      // One issuer whose data are broken is no outage, however often it is asked for.
      if (iss !== this.#lastFailed) this.#circuit.note(error, now);
      this.#lastFailed = iss;
    }
    // An answer that cannot be right is an answer: the old terms get no time beyond their own.
    else entry.usableUntil = entry.freshUntil;
    return this.#serveOld(entry, now);
  }

  /** Bounded, so that an issuer that was removed does not stay trusted for as long as the function fails (CWE-636). */
  #serveOld(entry: KnownIssuer, now: number): IssuerPolicy {
    if (now < entry.usableUntil) return entry.policy;
    const failures = entry.failures.count > 0 ? entry.failures : this.#circuit;
    throw failures.count > 0 ? failures.refusal(now) : tooManyLookups();
  }

  /** An issuer that is not known. */
  #findFirst(asked: AskedIssuer, now: number): Awaitable<IssuerPolicy> {
    const { key, iss } = asked;
    const unknown = this.#unknown.get(key);
    if (unknown !== undefined && now < unknown.until) throw untrusted(iss);
    const failing = this.#failing.get(key);
    if (failing !== undefined && now < failing.retryAt) throw failing.refusal(now);
    return this.#first.get(key) ?? this.#lookFirst(asked, now);
  }

  #lookFirst(asked: AskedIssuer, now: number): Awaitable<IssuerPolicy> {
    const { count, retryAt } = this.#circuit;
    if (now < retryAt) throw this.#circuit.refusal(now);
    // Every made-up `iss` asks the developer's data once: a flood must not do so without limit (CWE-770).
    if (this.#first.isFull(count === 0 ? maxPending : maxPendingInTrouble)) throw tooManyLookups();
    return this.#first.begin(asked.key, () => this.#lookUp(asked, (error) => this.#noteFailing(asked, error)));
  }

  #noteFailing({ key }: AskedIssuer, error: unknown): never {
    const failures = this.#failing.get(key) ?? new Failures(tolerated);
    failures.note(error, this.#clock.at());
    this.#failing.set(key, failures);
    throw error;
  }

  /** `recover` answers where the function failed, or where what it said cannot be right. */
  #lookUp(asked: AskedIssuer, recover: (error: unknown) => IssuerPolicy): Awaitable<IssuerPolicy> {
    const found = rescue<IssuerPolicy | undefined>(
      () => chain(this.#question.ask(asked), (terms) => this.#keep(asked, terms)),
      recover,
    );
    return chain(found, (policy) => {
      if (policy) return policy;
      throw untrusted(asked.iss);
    });
  }

  /** Remembers the answer. Undefined for an unknown issuer. */
  #keep({ key, iss }: AskedIssuer, terms: Terms | undefined): IssuerPolicy | undefined {
    const now = this.#clock.at();
    const known = this.#known.get(key);
    // That a name is unknown may be told without asking the data, so a made-up one does not show that they answer.
    if (known !== undefined || terms !== undefined) this.#endOutage();
    if (terms === undefined) {
      this.#known.delete(key);
      this.#failing.delete(key);
      this.#unknown.set(key, { until: now + unknownAge });
      return undefined;
    }
    const text = toTermsText(iss, terms);
    const { maxAge, compile } = this.#settings;
    // Unchanged terms keep their policy, so that looking again costs no fetch of keys.
    const policy = known?.terms === text ? known.policy : (this.#byTerms.get(text) ?? compile(terms));
    this.#byTerms.set(text, policy);
    const [refreshAt, freshUntil, usableUntil] = [now + refreshAfter * maxAge, now + maxAge, now + 2 * maxAge];
    this.#known.set(key, { policy, terms: text, refreshAt, freshUntil, usableUntil, failures: new Failures(0) });
    this.#failing.delete(key);
    return policy;
  }

  #endOutage(): void {
    this.#circuit.end();
    this.#lastFailed = undefined;
  }
}

function untrusted(actual: unknown): AuthError {
  return new AuthError("issuer_untrusted", { details: { name: "iss", actual } });
}

function tooManyLookups(): AuthError {
  return issuerUnavailable(new DependencyError("Too many issuers are being looked up at once"));
}

/** The terms in one text. They must be this very issuer's, else one tenant's keys would serve another (RFC 9068 §4; CVE-2025-59936). */
function toTermsText(iss: string, terms: ResolvedTerms): string {
  if (terms.issuer === iss) return fingerprint(terms);
  const why = "The issuer resolver returned the terms of another issuer than it was asked for";
  throw new AuthError("check_failed", { cause: new TypeError(why) });
}
