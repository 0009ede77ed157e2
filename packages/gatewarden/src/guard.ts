// The guard: runs the steps of the road in order. credentials → what the token is (`road/verifier.ts`) → binding → revocation → requirement.
import type { AccessTokenClaims, Auth, TokenAuth } from "./auth.js";
import { configure, type GuardConfig } from "./configuration/configure.js";
import { readMetadata } from "./configuration/metadata.js";
import type { GuardOptions } from "./configuration/options.js";
import { AuthError, type AuthScheme } from "./errors.js";
import { Explanations } from "./explain/explanations.js";
import type { Finding } from "./explain/finding.js";
import { DecisionListeners, type GuardListeners } from "./monitoring/decision-listeners.js";
import { type GuardStatus, readStatus } from "./monitoring/guard-status.js";
import type { Health } from "./monitoring/health.js";
import { type Outcome, requireAccepted } from "./outcome.js";
import { type Awaitable, chain } from "./platform/awaitable.js";
import { keepClock } from "./platform/guard-clock.js";
import { type Explanation, type Refusal, toRefusal } from "./request/challenge.js";
import { type GuardRequest, readCredentials, readScheme, toAuthorization } from "./request/credentials.js";
import type { PublishedMetadata } from "./request/metadata.js";
import { readPresented, readToken } from "./request/token-from.js";
import { evaluate } from "./requirements/evaluate.js";
import {
  type CheckedNeed,
  type LastArgument,
  type Need,
  readNeed,
  readRequirement,
  recallNeed,
} from "./requirements/need.js";
import type { Requirement } from "./requirements/requirement.js";
import { refuseRevoked } from "./revocation/check.js";
import type { Asked, Came } from "./road/asked.js";
import { type Presented, TokenVerifier } from "./road/verifier.js";
import type { CacheCounts } from "./token/cache.js";

/** Protects an API: one noun, one verb. Made by `createGuard`. */
export interface Guard<Claims = AccessTokenClaims> {
  /** The exact `iss` of every issuer that is trusted, the first one first. */
  readonly issuers: readonly string[];
  /**
   * What the request's token proves. Rejects with `AuthError`, whose `reason` says why. A requirement that turned out undefined, or a
   * second one, is `check_failed`: join several with `all`.
   */
  check(request: GuardRequest, ...requirement: LastArgument<Requirement>): Promise<Auth<Claims>>;
  /** What a token proves that came by another way than HTTP: a socket, a queue. Rejects with `AuthError`, as `check` does. */
  verify(token: string, ...requirement: LastArgument<Requirement>): Promise<Auth<Claims>>;
  /**
   * As `check`, for adapters: never throws, and answers without a promise when nothing has to be waited for. Refusals are values,
   * to be told apart with `instanceof AuthError`. `{ optional: true }` lets a request without credentials pass as anonymous; one with an
   * invalid token is refused all the same.
   */
  attempt(request: GuardRequest, ...need: LastArgument<Need>): Awaitable<Outcome<Claims>>;
  /** The answer to a refused request: status, challenge headers and JSON body. */
  refusal(error: AuthError): Refusal;
  /** What this API publishes of itself (RFC 9728), for the route `path`. Undefined unless `resource` is configured. */
  metadata(): PublishedMetadata | undefined;
  /** Headers to add to the answer of an accepted request: the next `dpop-nonce`, where one is due (RFC 9449 §8.2). Mostly none. */
  responseHeaders(request: GuardRequest): Readonly<Record<string, string>> | undefined;
  /** How the cache of verified tokens is doing, for metrics. Undefined where there is none. */
  cacheCounts(): CacheCounts | undefined;
  /** Resolves once the keys of all issuers are loaded; rejects with what prevents it. For start-up and readiness checks. */
  ready(): Promise<void>;
  /**
   * Whether this API can check tokens now, and in words why not. Never rejects. Where there are no keys yet it asks for them, as `ready()` does
   * and no more often than the back-off allows, so a readiness check may poll it.
   */
  health(): Promise<Health>;
  /** How keys, cache, introspection, deny list and replay store are doing, as plain data. Asks nobody anything. */
  status(): GuardStatus;
  /** Listens to decisions and outgoing calls until the returned function is called. While nobody does, checks measure nothing. */
  listen(listeners: GuardListeners): () => void;
  /**
   * Everything that is wrong with a token, or with a request and what it carries, not only the first thing; with a requirement, also
   * whether it would be met. The first error is the guard's own reason; a good token has no error. Asks nobody but the configured issuers,
   * and uses no DPoP proof up. For developers: findings may quote the token's claims, never its signature.
   */
  explain(presented: string | GuardRequest, ...requirement: LastArgument<Requirement>): Promise<readonly Finding[]>;
  /** What `explain: "development"` adds to a refusal. Undefined without it, and until the texts are loaded (`ready()` and `health()` wait for them). */
  explanation(error: AuthError): Explanation | undefined;
  /** Whether refusals are explained: `explain: "development"`. */
  readonly explainsRefusals: boolean;
}

/**
 * A guard for one API. Reads `AUTH0_DOMAIN` and `AUTH0_AUDIENCE` (or `ISSUER_BASE_URL` and `AUDIENCE`) where issuer or audience are left
 * out. Throws `ConfigError`, naming what to change, when the configuration cannot be right. Fetches nothing yet.
 */
export function createGuard<Claims = AccessTokenClaims>(options: GuardOptions<Claims> = {}): Guard<Claims> {
  return new TokenGuard(configure(options), options);
}

class TokenGuard<Claims> implements Guard<Claims> {
  readonly #config: GuardConfig;
  readonly #verifier: TokenVerifier<Claims>;
  readonly #listeners = new DecisionListeners();
  readonly #takesDpop: boolean;
  readonly #explanations: Explanations | undefined;

  constructor(config: GuardConfig, options: GuardOptions<Claims>) {
    this.#config = config;
    this.#verifier = new TokenVerifier(config);
    keepClock(this, config.now);
    if (options.onDecision) this.#listeners.listen(options.onDecision);
    this.#takesDpop = config.binding.policy.modes.dpop !== "off";
    this.#explanations = config.explainsRefusals ? new Explanations(config.policies.all) : undefined;
  }

  get issuers(): readonly string[] {
    return this.#config.policies.all.map(({ issuer }) => issuer);
  }

  async check(request: GuardRequest, ...requirement: LastArgument<Requirement>): Promise<Auth<Claims>> {
    const came = { request, began: this.#listeners.begin() };
    return requireAccepted(await this.#settleAsked(came, () => readRequirement(requirement)));
  }

  async verify(token: string, ...requirement: LastArgument<Requirement>): Promise<Auth<Claims>> {
    const came = { token: token ?? "", began: this.#listeners.begin() };
    return requireAccepted(await this.#settleAsked(came, () => readRequirement(requirement)));
  }

  attempt(request: GuardRequest, ...need: LastArgument<Need>): Awaitable<Outcome<Claims>> {
    const began = this.#listeners.begin();
    if (need.length > 0) {
      const known = need.length === 1 ? recallNeed(need[0]) : undefined;
      if (known === undefined) return this.#settleAsked({ request, began }, () => readNeed(need));
      return this.#settle(undefined, { requirement: known.requirement, optional: known.optional, request, began });
    }
    return this.#settle(undefined, { requirement: undefined, optional: false, request, began });
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
    return this.#verifier.cacheCounts();
  }

  async ready(): Promise<void> {
    await this.#explanations?.loaded;
    await Promise.all(this.#config.policies.all.map(({ keys }) => keys.ready()));
  }

  async health(): Promise<Health> {
    await this.#explanations?.loaded;
    // One issuer's keys are enough to begin with: the others are on their way.
    await Promise.any(this.#config.policies.all.map(({ keys }) => keys.ready())).catch(() => undefined);
    const { toHealth } = await import("./monitoring/health.js");
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
    const { requirement } = readRequirement(given);
    // Loaded when it is asked for: a server that only checks requests has no use for it.
    const { explainPresented } = await import("./explain/explain.js");
    return explainPresented(presented, { ...this.#config, parser: this.#verifier.parser }, requirement);
  }

  /** What is asked is read before the token: a need that cannot be read in full refuses everything. */
  #settleAsked({ token, request, began }: Came, read: () => CheckedNeed): Awaitable<Outcome<Claims>> {
    let need: CheckedNeed;
    try {
      need = read();
    } catch (error) {
      return this.#refuse(error, token, { requirement: undefined, optional: false, request, began });
    }
    return this.#settle(token, { requirement: need.requirement, optional: need.optional, request, began });
  }

  /** Makes one outcome of whatever the road did, at once or later, and publishes it once. */
  #settle(token: string | undefined, asked: Asked): Awaitable<Outcome<Claims>> {
    try {
      const auth = this.#prove(token, asked.request);
      return auth instanceof Promise ? this.#settleLater(auth, token, asked) : this.#admit(auth, asked);
    } catch (error) {
      return this.#refuse(error, token, asked);
    }
  }

  async #settleLater(
    auth: Promise<TokenAuth<Claims>>,
    token: string | undefined,
    asked: Asked,
  ): Promise<Outcome<Claims>> {
    try {
      return this.#admit(await auth, asked);
    } catch (error) {
      return this.#refuse(error, token, asked);
    }
  }

  /** Credentials, then what the token is: known already, or to be found out. */
  #prove(token: string | undefined, request: GuardRequest | undefined): Awaitable<TokenAuth<Claims>> {
    // A token that came by another way is known by the header that it would have come with.
    const text = token === undefined ? readPresented(request, this.#config.tokenPlace) : toAuthorization(token);
    const known = this.#verifier.recall(text, request);
    if (known && (token === undefined || token.length === known.token.length)) {
      return this.#allowAtOnce(known, known.scheme, request);
    }
    const presented: Presented =
      token === undefined && request !== undefined
        ? readCredentials(request, text, this.#takesDpop)
        : { text, token: token ?? "", scheme: "Bearer", request, isUnchecked: false };
    const auth = this.#verifier.verify(presented);
    const { scheme } = presented;
    if (auth instanceof Promise) return auth.then((found) => this.#allow(found, scheme, request));
    return this.#allowAtOnce(auth, scheme, request);
  }

  /** Mostly there is nothing left to ask once it is known what the token is. */
  #allowAtOnce(
    auth: TokenAuth<Claims>,
    scheme: AuthScheme,
    request: GuardRequest | undefined,
  ): Awaitable<TokenAuth<Claims>> {
    const { revocation, binding } = this.#config;
    return revocation || binding.concerns(auth.isBound, scheme) ? this.#allow(auth, scheme, request) : auth;
  }

  /** Whether this request may use the token: binding → revocation. */
  #allow(auth: TokenAuth<Claims>, scheme: AuthScheme, request: GuardRequest | undefined): Awaitable<TokenAuth<Claims>> {
    const { binding, revocation, revocationWatch, now } = this.#config;
    const { token, tokenClaims: claims } = auth;
    const proven = binding.check({ token, holder: auth, scheme, request, claims, now: now() });
    return chain(proven, () =>
      revocation ? chain(refuseRevoked(revocation, claims, revocationWatch), () => auth) : auth,
    );
  }

  /** requirement → Auth. */
  #admit(auth: TokenAuth<Claims>, { requirement, began }: Asked): Auth<Claims> {
    const refusal = requirement === undefined ? undefined : evaluate(requirement, auth, this.#config);
    if (refusal) throw refusal;
    if (this.#listeners.areThere()) {
      const source = { began, readToken: () => auth.token, readIssuer: () => auth.issuer };
      this.#listeners.publish({ outcome: "accepted", auth, requirement }, source);
    }
    return auth;
  }

  #refuse(thrown: unknown, token: string | undefined, asked: Asked): AuthError | undefined {
    const { requirement, optional, request, began } = asked;
    // What is no refusal is a failure in code that the check depends on. It lets nobody in.
    const error =
      thrown instanceof AuthError ? this.#answer(thrown, request) : new AuthError("check_failed", { cause: thrown });
    // Optional means that credentials may be absent, never that they may be bad.
    const isAnonymous = optional && error.reason === "credentials_missing";
    if (this.#listeners.areThere()) {
      const explanation = isAnonymous ? undefined : this.explanation(error);
      const refused = { outcome: "refused", error, requirement, ...(explanation && { explanation }) } as const;
      this.#listeners.publish(isAnonymous ? { outcome: "anonymous" } : refused, {
        began,
        readToken: () =>
          typeof token === "string" ? token : readToken(request, this.#takesDpop, this.#config.tokenPlace),
        readIssuer: (text) => this.#verifier.issuerOf(text),
      });
    }
    return isAnonymous ? undefined : error;
  }

  /** Where two schemes are taken, the refusal says which of them was used: that challenge carries the error (RFC 9449 §7.1). */
  #answer(refusal: AuthError, request: GuardRequest | undefined): AuthError {
    return request && this.#takesDpop ? refusal.withScheme(readScheme(request)) : refusal;
  }
}
