// Issuers from the developer's own data, for more tenants than a list should hold. Results are
// compiled once and kept in bounded maps. A token only selects an entry: no part of it becomes a
// URL (RFC 8725 §3.8 and §3.10).

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
  /** The part of a request that the answer depends on. Answers are kept per tenant. */
  readonly tenant: ((request: GuardRequest) => string | undefined) | undefined;
  /** Checks the terms and creates the policy. Throws `ConfigError`. */
  readonly compile: (terms: Terms) => IssuerPolicy;
  readonly maxIssuers: number;
  /** How long an answer is used before the function is called again. */
  readonly maxAge: number;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Policies found by a resolver. */
export interface ResolvedPolicies extends IssuerPolicies {
  /** How many policies are kept. */
  readonly size: number;
}

/** `key` is the key under which the answer is kept. */
interface AskedIssuer extends Name {
  readonly key: string;
}

/** A known issuer. Times of the monotonic clock. */
interface KnownIssuer {
  readonly policy: IssuerPolicy;
  readonly terms: string;
  /** When it is looked up again in the background. */
  readonly refreshAt: number;
  /** When requests start to wait for the new answer. */
  readonly freshUntil: number;
  /** Until when the old terms are used while the function fails. */
  usableUntil: number;
  readonly failures: Failures;
}

/** Seconds after which an unknown issuer may be looked up again. */
const unknownAge = 10;
const maxTenantLength = 256;
/** The fraction of `maxAge` after which a known issuer is looked up again in the background. */
const refreshAfter = 0.75;
/** Maximum concurrent look-ups: of known issuers, and of all others. */
const maxPending = 256;
/** Of all others, while look-ups of known issuers fail: the others may be the cause. */
const maxPendingInTrouble = 16;
/** Consecutive failures before back-off begins: a single one may be an accident. */
const tolerated = 4;

/** Creates the look-up. The function is called once per issuer for all waiting requests. */
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
  // Separate from the known ones, so that a flood of made-up issuers evicts no real one.
  readonly #unknown;
  readonly #failing;
  // By terms: where the same issuer is looked up under many tenants, such as made-up hosts, its
  // keys are fetched once (CWE-770).
  readonly #byTerms;
  // Separate lanes for the same reason: unknown issuers never delay the look-up of a known one.
  readonly #again: Lane<IssuerPolicy>;
  readonly #first: Lane<IssuerPolicy>;
  // Only known issuers open it: an attacker's token may itself make the function fail.
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
    // An issuer contains no line break, so the key shows unambiguously where the tenant ends.
    const key = tenant === undefined ? iss : `${tenant}\n${iss}`;
    const now = this.#clock.at();
    const entry = this.#known.get(key);
    if (entry === undefined) return this.#findFirst({ key, iss, tenant }, now);
    return now < entry.refreshAt ? entry.policy : this.#findAgain({ key, iss, tenant }, entry, now);
  }

  /** A known issuer whose answer is old: it is still used while the issuer is looked up again. */
  #findAgain(asked: AskedIssuer, entry: KnownIssuer, now: number): Awaitable<IssuerPolicy> {
    const answer = this.#again.get(asked.key) ?? this.#lookAgain(asked, entry, now);
    if (!(answer instanceof Promise) || now >= entry.freshUntil) return answer;
    // Requests that wait for the answer handle the failure.
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
      // One issuer with broken data is not an outage, however often it is looked up.
      if (iss !== this.#lastFailed) this.#circuit.note(error, now);
      this.#lastFailed = iss;
    }
    // An invalid answer is an answer: the old terms are not used beyond `freshUntil`.
    else entry.usableUntil = entry.freshUntil;
    return this.#serveOld(entry, now);
  }

  /**
   * Bounded, so that a removed issuer does not stay trusted for as long as the function fails
   * (CWE-636).
   */
  #serveOld(entry: KnownIssuer, now: number): IssuerPolicy {
    if (now < entry.usableUntil) return entry.policy;
    const failures = entry.failures.count > 0 ? entry.failures : this.#circuit;
    throw failures.count > 0 ? failures.refusal(now) : tooManyLookups();
  }

  /** An issuer that is not known yet. */
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
    // Every made-up `iss` costs one look-up in the developer's data, so their number is limited
    // (CWE-770).
    if (this.#first.isFull(count === 0 ? maxPending : maxPendingInTrouble)) throw tooManyLookups();
    return this.#first.begin(asked.key, () => this.#lookUp(asked, (error) => this.#noteFailing(asked, error)));
  }

  #noteFailing({ key }: AskedIssuer, error: unknown): never {
    const failures = this.#failing.get(key) ?? new Failures(tolerated);
    failures.note(error, this.#clock.at());
    this.#failing.set(key, failures);
    throw error;
  }

  /** `recover` is called where the function failed, or returned invalid terms. */
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

  /** Stores the answer. Undefined for an unknown issuer. */
  #keep({ key, iss }: AskedIssuer, terms: Terms | undefined): IssuerPolicy | undefined {
    const now = this.#clock.at();
    const known = this.#known.get(key);
    // A function may report a name as unknown without reading its data, so an unknown issuer does
    // not prove that the data are available.
    if (known !== undefined || terms !== undefined) this.#endOutage();
    if (terms === undefined) {
      this.#known.delete(key);
      this.#failing.delete(key);
      this.#unknown.set(key, { until: now + unknownAge });
      return undefined;
    }
    const text = toTermsText(iss, terms);
    const { maxAge, compile } = this.#settings;
    // Unchanged terms keep their policy, so that a new look-up fetches no keys.
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

/**
 * The terms as one text. They must belong to exactly this issuer, else one tenant's keys would
 * verify another's tokens (RFC 9068 §4; CVE-2025-59936).
 */
function toTermsText(iss: string, terms: ResolvedTerms): string {
  if (terms.issuer === iss) return fingerprint(terms);
  const why = "The issuer resolver returned the terms of another issuer than it was asked for";
  throw new AuthError("check_failed", { cause: new TypeError(why) });
}
