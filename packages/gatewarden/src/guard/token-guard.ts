// A guard with known options: takes each token along the road (`road/steps.ts`) and reports the
// outcome.
import { type Auth, TokenAuth } from "../auth.js";
import type { GuardConfig } from "../configuration/configure.js";
import type { GuardOptions } from "../configuration/options.js";
import { readMetadata } from "../configuration/published-metadata.js";
import type { AuthError } from "../errors.js";
import type { ExchangeTarget, OutboundToken } from "../exchange/exchange.js";
import { exchangeFor } from "../exchange/exchange-for.js";
import { Explanations } from "../explain/explanations.js";
import type { Finding } from "../explain/finding.js";
import type { Guard } from "../guard.js";
import { DecisionListeners, type GuardListeners } from "../monitoring/decision-listeners.js";
import { type GuardStatus, readStatus } from "../monitoring/guard-status.js";
import type { Health } from "../monitoring/health.js";
import { type Outcome, requireAccepted } from "../outcome.js";
import type { Awaitable } from "../platform/awaitable.js";
import { keepClock } from "../platform/guard-clock.js";
import { type Explanation, type Refusal, toRefusal } from "../request/challenge.js";
import type { GuardRequest } from "../request/credentials.js";
import type { PublishedMetadata } from "../request/metadata.js";
import { readToken } from "../request/token-from.js";
import {
  type CheckedNeed,
  type LastArgument,
  type Need,
  recallNeed,
  requireNeed,
  requireRequirementNeed,
} from "../requirements/need.js";
import type { Requirement } from "../requirements/requirement.js";
import type { Arrival, Asked } from "../road/asked.js";
import { Road } from "../road/road.js";
import { toAuthError } from "../road/step.js";
import type { CacheCounts } from "../token/cache.js";

/** Guards one API. */
export class TokenGuard<Claims> implements Guard<Claims> {
  readonly issuers: readonly string[];
  readonly #config: GuardConfig;
  readonly #road: Road;
  readonly #listeners = new DecisionListeners();
  readonly #takesDpop: boolean;
  readonly #explanations: Explanations | undefined;

  constructor(config: GuardConfig, options: GuardOptions<Claims>) {
    this.issuers = Object.freeze(config.policies.all.map(({ issuer }) => issuer));
    this.#config = config;
    this.#road = new Road(config);
    keepClock(this, config.now, () => config.policies);
    if (options.onDecision) this.#listeners.listen(options.onDecision);
    this.#takesDpop = config.binding.policy.modes.dpop !== "off";
    this.#explanations = config.explainsRefusals ? new Explanations(config.policies.all) : undefined;
  }

  async check(request: GuardRequest, ...requirement: LastArgument<Requirement>): Promise<Auth<Claims>> {
    const arrival = { request, token: undefined, began: this.#listeners.begin() };
    return requireAccepted(await this.#answerAsked(arrival, () => requireRequirementNeed(requirement)));
  }

  async verify(token: string, ...requirement: LastArgument<Requirement>): Promise<Auth<Claims>> {
    const arrival = { request: undefined, token: token ?? "", began: this.#listeners.begin() };
    return requireAccepted(await this.#answerAsked(arrival, () => requireRequirementNeed(requirement)));
  }

  attempt(request: GuardRequest, ...need: LastArgument<Need>): Awaitable<Outcome<Claims>> {
    const began = this.#listeners.begin();
    if (need.length === 0)
      return this.#answer({ request, token: undefined, began, requirement: undefined, optional: false });
    const known = need.length === 1 ? recallNeed(need[0]) : undefined;
    if (known === undefined) return this.#answerAsked({ request, token: undefined, began }, () => requireNeed(need));
    const { requirement, optional } = known;
    return this.#answer({ request, token: undefined, began, requirement, optional });
  }

  refusal(error: AuthError): Refusal {
    return toRefusal(error, this.#config.challenges, this.explanation(error));
  }

  get explainsRefusals(): boolean {
    return this.#config.explainsRefusals;
  }

  explanation(error: AuthError): Explanation | undefined {
    return this.#explanations?.of(error);
  }

  metadata(): PublishedMetadata | undefined {
    return readMetadata(this.#config);
  }

  responseHeaders(request: GuardRequest): Readonly<Record<string, string>> | undefined {
    const nonce = this.#config.binding.nextNonce(request);
    return nonce === undefined ? undefined : { "dpop-nonce": nonce };
  }

  cacheCounts(): CacheCounts | undefined {
    return this.#road.known.counts();
  }

  async ready(): Promise<void> {
    await this.#explanations?.loaded;
    const { policies, revocation } = this.#config;
    await Promise.all([...policies.all.map(({ keys }) => keys.ready()), revocation?.ready?.()]);
  }

  async health(): Promise<Health> {
    await this.#explanations?.loaded;
    // The keys of one issuer are enough; the others are still loading.
    await Promise.any(this.#config.policies.all.map(({ keys }) => keys.ready())).catch(() => undefined);
    const { toHealth } = await import("../monitoring/health.js");
    return toHealth(this.status());
  }

  status(): GuardStatus {
    return readStatus(this.#config, this.cacheCounts());
  }

  listen({ onDecision, onCall }: GuardListeners): () => void {
    const stops = [onDecision && this.#listeners.listen(onDecision), onCall && this.#config.calls.listen(onCall)];
    return () => {
      for (const stop of stops) stop?.();
    };
  }

  async explain(presented: string | GuardRequest, ...given: LastArgument<Requirement>): Promise<readonly Finding[]> {
    const { requirement } = requireRequirementNeed(given);
    // Loaded on demand: a server that only checks requests does not need it. `imports` in
    // package.json names it, so that a bundle in one file can leave it out.
    const { explainPresented } = await import("#explain");
    return explainPresented(presented, this.#road, requirement);
  }

  exchange(auth: Auth<unknown>, target: ExchangeTarget): Promise<OutboundToken> {
    return exchangeFor(auth, target, this.#config);
  }

  /**
   * Reads the need before the token: a need that cannot be read completely refuses every request.
   */
  #answerAsked(arrival: Arrival, parse: () => CheckedNeed): Awaitable<Outcome<Claims>> {
    let need: CheckedNeed;
    try {
      need = parse();
    } catch (error) {
      return this.#conclude(toAuthError(error), { requirement: undefined, optional: false, ...arrival });
    }
    const { request, token, began } = arrival;
    const { requirement, optional } = need;
    // Written out: a spread of objects costs more than all the rest of a known token.
    return this.#answer({ request, token, began, requirement, optional });
  }

  /** Takes the road, and publishes the outcome once. */
  #answer(asked: Asked): Awaitable<Outcome<Claims>> {
    const found = this.#road.travel(asked);
    return found instanceof Promise
      ? found.then((later) => this.#conclude(later, asked))
      : this.#conclude(found, asked);
  }

  #conclude(found: TokenAuth<unknown> | AuthError, asked: Asked): Outcome<Claims> {
    if (!(found instanceof TokenAuth)) return this.#refuse(found, asked);
    // With a schema, `Claims` is its output. Without one it is `AccessTokenClaims`, whose members
    // the rules have checked.
    const auth = found as TokenAuth<Claims>;
    if (this.#listeners.areThere()) {
      const { requirement, began } = asked;
      const source = { began, readToken: () => auth.token, readIssuer: () => auth.issuer };
      this.#listeners.publish({ outcome: "accepted", auth, requirement }, source);
    }
    return auth;
  }

  #refuse(error: AuthError, { requirement, optional, request, token, began }: Asked): AuthError | undefined {
    // Optional means that credentials may be absent, never that they may be invalid.
    const isAnonymous = optional && error.reason === "credentials_missing";
    if (this.#listeners.areThere()) {
      const explanation = isAnonymous ? undefined : this.explanation(error);
      const refused = { outcome: "refused", error, requirement, ...(explanation && { explanation }) } as const;
      this.#listeners.publish(isAnonymous ? { outcome: "anonymous" } : refused, {
        began,
        readToken: () =>
          typeof token === "string" ? token : readToken(request, this.#takesDpop, this.#config.tokenPlace),
        readIssuer: (text) => this.#road.issuerOf(text),
      });
    }
    return isAnonymous ? undefined : error;
  }
}
