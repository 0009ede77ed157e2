// The guard: runs the steps of the road in order. Reading `#verifyToken` and `#admit` top to bottom is reading the road.
import { type AccessTokenClaims, type Auth, TokenAuth } from "./auth.js";
import { type Awaitable, chain } from "./awaitable.js";
import { configure, type GuardConfig } from "./configure.js";
import type { ConfiguredIntrospection } from "./configure-introspection.js";
import { type Decision, type DecisionListener, hasChannelListeners, publishDecision } from "./decision.js";
import { AuthError, type AuthScheme } from "./errors.js";
import { explainToken, type Finding } from "./explain/explain.js";
import type { IssuerPolicy } from "./issuer/policy.js";
import type { GuardOptions } from "./options.js";
import { type Refusal, toRefusal } from "./request/challenge.js";
import { checkCharacters, type GuardRequest, readCredentials, readScheme } from "./request/credentials.js";
import { type PublishedMetadata, toPublishedMetadata } from "./request/metadata.js";
import { evaluate } from "./requirements/evaluate.js";
import type { Requirement } from "./requirements/requirement.js";
import { checkRequirement } from "./requirements/validate.js";
import { refuseRevoked } from "./revocation/check.js";
import { warn } from "./runtime.js";
import { parseClaims, type StandardSchema } from "./standard-schema.js";
import { type CacheCounts, createTokenCache, type TokenCache } from "./token/cache.js";
import { claimRules, headerRules, isHeaderSound, isSound, isTimely } from "./token/claims.js";
import { toSigningInput } from "./token/compact.js";
import type { JsonObject } from "./token/json.js";
import { createTokenParser, type ParsedToken, type TokenHeader, type TokenParser } from "./token/parse.js";
import type { Verify } from "./token/signature.js";

/** How a request is checked, beyond its requirement. */
export interface CheckOptions {
  /** Let a request without credentials pass as anonymous. A request with an invalid token is refused all the same. */
  readonly optional?: boolean;
}

/** What became of a request: `Auth`, or undefined for an anonymous one, or the refusal. */
export type Outcome<Claims> = Auth<Claims> | AuthError | undefined;

/** Protects an API: one noun, one verb. Made by `createGuard`. */
export interface Guard<Claims = AccessTokenClaims> {
  /** The exact `iss` of every issuer that is trusted, the first one first. */
  readonly issuers: readonly string[];
  /** What the request's token proves. Rejects with `AuthError`, whose `reason` says why. */
  check(request: GuardRequest, requirement?: Requirement): Promise<Auth<Claims>>;
  /** What a token proves that came by another way than HTTP: a socket, a queue. Rejects with `AuthError`. */
  verify(token: string, requirement?: Requirement): Promise<Auth<Claims>>;
  /**
   * As `check`, for adapters: never throws, and answers without a promise when nothing has to be waited for. Refusals are values,
   * to be told apart with `instanceof AuthError`.
   */
  attempt(request: GuardRequest, requirement?: Requirement, options?: CheckOptions): Awaitable<Outcome<Claims>>;
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
  /** Everything that is wrong with a token, not only the first thing. For developers: findings may quote the token's claims. */
  explain(token: string): Promise<readonly Finding[]>;
}

/**
 * A guard for one API. Reads `AUTH0_DOMAIN` and `AUTH0_AUDIENCE` (or `ISSUER_BASE_URL` and `AUDIENCE`) where issuer or audience are left
 * out. Throws `ConfigError`, naming what to change, when the configuration cannot be right. Fetches nothing yet.
 */
export function createGuard<Claims = AccessTokenClaims>(options: GuardOptions<Claims> = {}): Guard<Claims> {
  return new TokenGuard(configure(options), options);
}

/** A token as it came. */
interface Presented {
  readonly token: string;
  readonly scheme: AuthScheme;
  readonly request?: GuardRequest;
  readonly isUnchecked?: boolean;
}

/** A token that was verified, with what its verification depended on. */
interface Remembered<Claims> {
  readonly auth: TokenAuth<Claims>;
  readonly policy: IssuerPolicy;
  readonly header: TokenHeader;
  readonly verify: Verify;
}

/** What was asked of the guard. */
interface Asked {
  readonly requirement: Requirement | undefined;
  readonly options?: CheckOptions | undefined;
  readonly request?: GuardRequest;
}

class TokenGuard<Claims> implements Guard<Claims> {
  readonly #config: GuardConfig;
  readonly #parser: TokenParser;
  readonly #onDecision: DecisionListener | undefined;
  readonly #takesDpop: boolean;
  readonly #cache: TokenCache<Remembered<Claims>> | undefined;

  constructor(config: GuardConfig, options: GuardOptions<Claims>) {
    this.#config = config;
    this.#parser = createTokenParser(config.maxTokenSize);
    this.#onDecision = options.onDecision;
    this.#takesDpop = config.binding.modes.dpop !== "off";
    this.#cache = config.cache && createTokenCache(config.cache);
  }

  get issuers(): readonly string[] {
    return this.#config.policies.all.map(({ issuer }) => issuer);
  }

  async check(request: GuardRequest, requirement?: Requirement): Promise<Auth<Claims>> {
    return accepted(await this.attempt(request, requirement));
  }

  async verify(token: string, requirement?: Requirement): Promise<Auth<Claims>> {
    return accepted(await this.#settle(() => this.#verifyToken({ token, scheme: "Bearer" }), { requirement }));
  }

  attempt(request: GuardRequest, requirement?: Requirement, options?: CheckOptions): Awaitable<Outcome<Claims>> {
    const road = () => this.#verifyToken(readCredentials(request, this.#takesDpop));
    return this.#settle(road, { requirement, options, request });
  }

  refusal(error: AuthError): Refusal {
    return toRefusal(error, this.#config.challenges);
  }

  metadata(): PublishedMetadata | undefined {
    const { policies, resource, binding, challenges } = this.#config;
    if (!resource) return undefined;
    const { dpop } = challenges;
    return toPublishedMetadata(resource, {
      issuers: policies.all.map(({ issuer }) => issuer),
      ...(binding.modes.mtls === "required" && { certificateRequired: true }),
      ...(dpop && { dpop: { algorithms: dpop.algorithms.split(" "), required: dpop.mode === "required" } }),
    });
  }

  responseHeaders(request: GuardRequest): Readonly<Record<string, string>> | undefined {
    const nonce = this.#config.binding.nextNonce(request);
    return nonce === undefined ? undefined : { "dpop-nonce": nonce };
  }

  cacheCounts(): CacheCounts | undefined {
    return this.#cache?.counts();
  }

  async ready(): Promise<void> {
    await Promise.all(this.#config.policies.all.map(({ keys }) => keys.ready()));
  }

  explain(token: string): Promise<readonly Finding[]> {
    return explainToken(token, { ...this.#config, modes: this.#config.binding.modes, parser: this.#parser });
  }

  /** What the token is, then whether this request may use it: binding → revocation. */
  #verifyToken(presented: Presented): Awaitable<TokenAuth<Claims>> {
    return chain(this.#readToken(presented), (auth) => {
      const { token, scheme, request } = presented;
      const claims = auth.tokenClaims;
      const proven = this.#config.binding.check({ token, scheme, request, claims, now: this.#config.now() });
      const { revocation } = this.#config;
      return chain(proven, () => (revocation ? chain(refuseRevoked(revocation, claims), () => auth) : auth));
    });
  }

  /** token → issuer → … Opaque tokens go their own way where the guard introspects. */
  #readToken({ token, request, isUnchecked = false }: Presented): Awaitable<TokenAuth<Claims>> {
    const remembered = this.#recall(token, request);
    if (remembered) return remembered;
    const { introspection, policies } = this.#config;
    if (introspection !== undefined && this.#parser.isOpaque(token)) {
      if (isUnchecked) checkCharacters(token);
      return this.#introspect(token, introspection, request);
    }
    const parsed = this.#parse(token, isUnchecked);
    return chain(policies.find(parsed.claims, request), (policy) => this.#verifySigned(token, parsed, policy));
  }

  #parse(token: string, isUnchecked: boolean): ParsedToken {
    try {
      return this.#parser.parse(token);
    } catch (error) {
      if (isUnchecked) checkCharacters(token);
      throw error;
    }
  }

  /** … keys → signature → claims → schema. */
  #verifySigned(token: string, parsed: ParsedToken, policy: IssuerPolicy): Awaitable<TokenAuth<Claims>> {
    const { header, claims, payloadEnd, signature } = parsed;
    if (!isHeaderSound(header, policy)) refuseFirst(headerRules, { header, claims, policy, now: 0 });
    return chain(policy.keys.pick(header), (verify) =>
      chain(verify(toSigningInput(token, payloadEnd), signature), (isValid) => {
        if (!isValid) throw new AuthError("signature_invalid");
        if (!parsed.isHeaderKnown) this.#parser.remember(token, header);
        const facts = { header, claims, policy, now: this.#config.now() };
        if (!isSound(facts)) refuseFirst(claimRules, facts);
        return chain(this.#toAuth(token, claims, policy), (auth) => {
          this.#cache?.offer(token, { auth, policy, header, verify });
          return auth;
        });
      }),
    );
  }

  /**
   * A token that was verified before: its issuer, its key and its times are looked at again, as they may have changed. Undefined where
   * anything is not as it was; then the token goes the long way, which says what is wrong.
   */
  #recall(token: string, request: GuardRequest | undefined): TokenAuth<Claims> | undefined {
    const remembered = this.#cache?.get(token);
    if (remembered === undefined) return undefined;
    const { auth, policy, header, verify } = remembered;
    const { tokenClaims: claims } = auth;
    const { policies, now } = this.#config;
    const isCurrent =
      isHere(policies.find(claims, request), policy) &&
      isHere(policy.keys.pick(header), verify) &&
      isTimely({ claims, policy, now: now() });
    if (isCurrent) return auth;
    this.#cache?.delete(token);
    return undefined;
  }

  /** … introspection → claims → schema. */
  #introspect(
    token: string,
    { issuer, rules, introspector }: ConfiguredIntrospection,
    request: GuardRequest | undefined,
  ): Awaitable<TokenAuth<Claims>> {
    return chain(this.#config.policies.find({ iss: issuer }, request), (policy) =>
      chain(introspector.describe(token), (claims) => {
        refuseFirst(rules, { claims, policy, now: this.#config.now() });
        return this.#toAuth(token, claims, policy);
      }),
    );
  }

  #toAuth(token: string, tokenClaims: JsonObject, policy: IssuerPolicy): Awaitable<TokenAuth<Claims>> {
    const { schema, claimNames, scopeAsList } = policy;
    const make = (claims: Claims) => new TokenAuth({ token, tokenClaims, claims, claimNames, scopeAsList });
    // Without a schema, Claims is AccessTokenClaims, whose members the claim rules have just checked.
    if (!schema) return make(tokenClaims as Claims);
    // With one, the options take schemas of Claims only.
    return chain(parseClaims(schema as StandardSchema<Claims>, tokenClaims), make);
  }

  /** Makes one outcome of whatever the road did, at once or later, and publishes it once. */
  #settle(road: () => Awaitable<TokenAuth<Claims>>, asked: Asked): Awaitable<Outcome<Claims>> {
    const admit = (auth: TokenAuth<Claims>) => this.#admit(auth, asked.requirement);
    const refuse = (error: unknown) => this.#refuse(error, asked);
    try {
      const auth = road();
      return auth instanceof Promise ? auth.then(admit).catch(refuse) : admit(auth);
    } catch (error) {
      return refuse(error);
    }
  }

  /** requirement → Auth. */
  #admit(auth: TokenAuth<Claims>, requirement: Requirement | undefined): Auth<Claims> {
    // Only undefined means that nothing is required: null or false where a requirement should be is a mistake.
    const refusal = requirement === undefined ? undefined : evaluate(checkRequirement(requirement), auth, this.#config);
    if (refusal) throw refusal;
    if (this.#hasListeners()) this.#publish({ outcome: "accepted", auth, requirement });
    return auth;
  }

  #refuse(thrown: unknown, { requirement, options, request }: Asked): AuthError | undefined {
    // What is no refusal is a failure in code that the check depends on. It lets nobody in.
    const error =
      thrown instanceof AuthError ? this.#answer(thrown, request) : new AuthError("check_failed", { cause: thrown });
    // Optional means that credentials may be absent, never that they may be bad.
    const isAnonymous = options?.optional === true && error.reason === "credentials_missing";
    if (this.#hasListeners()) {
      this.#publish(isAnonymous ? { outcome: "anonymous" } : { outcome: "refused", error, requirement });
    }
    return isAnonymous ? undefined : error;
  }

  /** Where two schemes are taken, the refusal says which of them was used: that challenge carries the error (RFC 9449 §7.1). */
  #answer(refusal: AuthError, request: GuardRequest | undefined): AuthError {
    return request && this.#takesDpop ? refusal.withScheme(readScheme(request.headers)) : refusal;
  }

  #hasListeners(): boolean {
    return this.#onDecision !== undefined || hasChannelListeners();
  }

  #publish(decision: Decision): void {
    publishDecision(decision);
    try {
      const listening: unknown = this.#onDecision?.(decision);
      // An async listener has the type too; what it rejects with must not end the process.
      if (listening instanceof Promise) listening.catch(warnOfListener);
    } catch (error) {
      warnOfListener(error);
    }
  }
}

function warnOfListener(error: unknown): void {
  warn("GATEWARDEN_LISTENER", `onDecision failed: ${error instanceof Error ? error.name : typeof error}`);
}

function refuseFirst<Facts>(rules: readonly ((facts: Facts) => AuthError | undefined)[], facts: Facts): void {
  for (const rule of rules) {
    const refusal = rule(facts);
    if (refusal) throw refusal;
  }
}

/** Whether the value is here and the same. One that is promised is asked for again on the long way, which also hears if it fails. */
function isHere<Value>(value: Awaitable<Value>, expected: Value): boolean {
  if (value instanceof Promise) value.catch(() => undefined);
  return value === expected;
}

function accepted<Claims>(outcome: Outcome<Claims>): Auth<Claims> {
  if (outcome === undefined) throw new AuthError("credentials_missing");
  if (outcome instanceof AuthError) throw outcome;
  return outcome;
}
