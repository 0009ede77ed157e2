// A guard that reads its options on first use. It refuses every request until the options are
// valid. After that, its methods are those of the guard created from them.
import type { Auth } from "../auth.js";
import { defaults, type GuardOptions } from "../configuration/options.js";
import { AuthError, ConfigError } from "../errors.js";
import type { ExchangeTarget, OutboundToken } from "../exchange/exchange.js";
import type { Finding } from "../explain/finding.js";
import type { Guard } from "../guard.js";
import { DecisionListeners, type GuardListeners } from "../monitoring/decision-listeners.js";
import type { GuardStatus } from "../monitoring/guard-status.js";
import type { Health } from "../monitoring/health.js";
import { type Outcome, requireAccepted } from "../outcome.js";
import type { Awaitable } from "../platform/awaitable.js";
import { findClock, findIssuers, keepClock } from "../platform/guard-clock.js";
import { warn } from "../platform/runtime.js";
import { type Explanation, type Refusal, toRefusal } from "../request/challenge.js";
import type { GuardRequest } from "../request/credentials.js";
import type { PublishedMetadata } from "../request/metadata.js";
import type { LastArgument, Need } from "../requirements/need.js";
import type { Requirement } from "../requirements/requirement.js";
import type { CacheCounts } from "../token/cache.js";

type Create<Claims> = (options: GuardOptions<Claims>) => Guard<Claims>;

/** A listener that was added before the guard existed. */
interface Early {
  readonly listeners: GuardListeners;
  stop: () => void;
}

/** Stands in for a guard until its options are read. */
export class LazyGuard<Claims> implements Guard<Claims> {
  readonly #read: () => GuardOptions<Claims>;
  readonly #create: Create<Claims>;
  readonly #listeners = new DecisionListeners();
  readonly #early = new Set<Early>();
  #guard: Guard<Claims> | undefined;
  #problem: unknown;
  #isReading = false;
  #hasWarned = false;

  constructor(read: () => GuardOptions<Claims>, create: Create<Claims>) {
    this.#read = read;
    this.#create = create;
    keepClock(
      this,
      () => ((this.#guard && findClock(this.#guard)) ?? wallClock)(),
      () => findIssuers(this.#find() ?? {}),
    );
  }

  get issuers(): readonly string[] {
    return this.#find()?.issuers ?? [];
  }

  get explainsRefusals(): boolean {
    return this.#find()?.explainsRefusals ?? false;
  }

  async check(request: GuardRequest, ...requirement: LastArgument<Requirement>): Promise<Auth<Claims>> {
    return this.#find()?.check(request, ...requirement) ?? requireAccepted<Claims>(this.#refuse());
  }

  async verify(token: string, ...requirement: LastArgument<Requirement>): Promise<Auth<Claims>> {
    return this.#find()?.verify(token, ...requirement) ?? requireAccepted<Claims>(this.#refuse());
  }

  attempt(request: GuardRequest, ...need: LastArgument<Need>): Awaitable<Outcome<Claims>> {
    const guard = this.#find();
    return guard ? guard.attempt(request, ...need) : this.#refuse();
  }

  refusal(error: AuthError): Refusal {
    const nothing = { realm: defaults.realm, metadataUrl: undefined, dpop: undefined };
    return this.#find()?.refusal(error) ?? toRefusal(error, nothing, undefined);
  }

  explanation(error: AuthError): Explanation | undefined {
    return this.#find()?.explanation(error);
  }

  /**
   * Throws what is wrong with the options: if the route were silently left out, only clients would
   * notice.
   */
  metadata(): PublishedMetadata | undefined {
    return this.#make().metadata();
  }

  responseHeaders(request: GuardRequest): Readonly<Record<string, string>> | undefined {
    return this.#find()?.responseHeaders(request);
  }

  cacheCounts(): CacheCounts | undefined {
    return this.#find()?.cacheCounts();
  }

  async ready(): Promise<void> {
    await this.#make().ready();
  }

  async health(): Promise<Health> {
    try {
      return await this.#make().health();
    } catch (error) {
      return { status: "not ready", reasons: [`The guard has no configuration: ${describeProblem(error)}`] };
    }
  }

  status(): GuardStatus {
    const nothing = { resolved: undefined, cache: undefined, introspection: undefined, revocation: undefined };
    return this.#find()?.status() ?? { at: wallClock(), issuers: [], ...nothing, replay: undefined };
  }

  listen(listeners: GuardListeners): () => void {
    if (this.#guard) return this.#guard.listen(listeners);
    const { onDecision } = listeners;
    const early: Early = { listeners, stop: onDecision ? this.#listeners.listen(onDecision) : () => {} };
    this.#early.add(early);
    return () => {
      this.#early.delete(early);
      early.stop();
    };
  }

  async explain(presented: string | GuardRequest, ...given: LastArgument<Requirement>): Promise<readonly Finding[]> {
    return this.#make().explain(presented, ...given);
  }

  async exchange(auth: Auth<unknown>, target: ExchangeTarget): Promise<OutboundToken> {
    return this.#make().exchange(auth, target);
  }

  #find(): Guard<Claims> | undefined {
    try {
      return this.#make();
    } catch (error) {
      this.#problem = error;
      return undefined;
    }
  }

  /**
   * The guard. Throws what is wrong with its options, and reads them again on each call: they may
   * become valid.
   */
  #make(): Guard<Claims> {
    if (this.#guard) return this.#guard;
    if (this.#isReading) throw toOptionsError("uses the guard that it gives the options of");
    this.#isReading = true;
    try {
      const guard = this.#create(requireReadOptions(this.#read()));
      this.#become(guard);
      return guard;
    } finally {
      this.#isReading = false;
    }
  }

  /** From now on calls go directly to the guard: its methods become this object's own. */
  #become(guard: Guard<Claims>): void {
    this.#guard = guard;
    for (const name of delegated) Object.assign(this, { [name]: guard[name].bind(guard) });
    for (const early of this.#early) {
      early.stop();
      early.stop = guard.listen(early.listeners);
    }
  }

  /**
   * Also refuses where a request may be anonymous: without options it is unknown what this API
   * allows.
   */
  #refuse(): AuthError {
    const error = new AuthError("check_failed", { cause: this.#problem });
    if (this.#listeners.areThere()) {
      const source = { began: undefined, readToken: () => undefined, readIssuer: () => undefined };
      this.#listeners.publish({ outcome: "refused", error, requirement: undefined }, source);
    }
    if (!this.#hasWarned) warn("GATEWARDEN_CONFIG", describeProblem(error.cause));
    this.#hasWarned = true;
    return error;
  }
}

const delegated = [
  ...(["check", "verify", "attempt", "refusal", "explanation", "metadata", "responseHeaders"] as const),
  ...(["cacheCounts", "ready", "health", "status", "listen", "explain", "exchange"] as const),
];

/**
 * A promise has no options of its own, so a guard created from it would use only the environment.
 */
function requireReadOptions<Claims>(options: GuardOptions<Claims>): GuardOptions<Claims> {
  if (typeof (options as { then?: unknown } | undefined)?.then === "function") {
    throw toOptionsError("must return options, not a promise");
  }
  if (options === undefined) throw toOptionsError("must return options, and returned undefined");
  return options;
}

function toOptionsError(problem: string): ConfigError {
  const example = "createGuard(() => ({ audience: process.env.AUDIENCE }))";
  return new ConfigError({ option: "createGuard", problem: `was given a function that ${problem}`, example });
}

/**
 * What is wrong, for operators. For errors that are not ours, only the kind: the message may quote
 * a secret (CWE-532).
 */
function describeProblem(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  return `its options could not be read: ${error instanceof Error ? error.name : typeof error}`;
}

function wallClock(): number {
  return Date.now() / 1000;
}
