// The guard: runs the steps of the road in order. Reading `#verifyToken` and `#admit` top to bottom is reading the road.
import { type AccessTokenClaims, type Auth, TokenAuth } from "./auth.js";
import { type Awaitable, chain } from "./awaitable.js";
import { checkUnbound } from "./binding/bound.js";
import { configure, type GuardConfig } from "./configure.js";
import type { ConfiguredIntrospection } from "./configure-introspection.js";
import { type Decision, type DecisionListener, hasChannelListeners, publishDecision } from "./decision.js";
import { AuthError } from "./errors.js";
import { explainToken, type Finding } from "./explain/explain.js";
import type { IssuerPolicy } from "./issuer/policy.js";
import type { GuardOptions } from "./options.js";
import { type Refusal, toRefusal } from "./request/challenge.js";
import { type GuardRequest, readToken } from "./request/credentials.js";
import { type PublishedMetadata, toPublishedMetadata } from "./request/metadata.js";
import { evaluate } from "./requirements/evaluate.js";
import type { Requirement } from "./requirements/requirement.js";
import { checkRequirement } from "./requirements/validate.js";
import { refuseRevoked } from "./revocation/check.js";
import { warn } from "./runtime.js";
import { parseClaims, type StandardSchema } from "./standard-schema.js";
import { claimRules, headerRules } from "./token/claims.js";
import type { JsonObject } from "./token/json.js";
import { createTokenParser, type ParsedToken, type TokenParser } from "./token/parse.js";

/** How a request is checked, beyond its requirement. */
export interface CheckOptions {
  /** Let a request without credentials pass as anonymous. A request with an invalid token is refused all the same. */
  readonly optional?: boolean;
}

/** What became of a request: `Auth`, or undefined for an anonymous one, or the refusal. */
export type Outcome<Claims> = Auth<Claims> | AuthError | undefined;

/** Protects an API: one noun, one verb. Made by `createGuard`. */
export interface Guard<Claims = AccessTokenClaims> {
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

class TokenGuard<Claims> implements Guard<Claims> {
  readonly #config: GuardConfig;
  readonly #parser: TokenParser;
  readonly #onDecision: DecisionListener | undefined;

  constructor(config: GuardConfig, options: GuardOptions<Claims>) {
    this.#config = config;
    this.#parser = createTokenParser(config.maxTokenSize);
    this.#onDecision = options.onDecision;
  }

  async check(request: GuardRequest, requirement?: Requirement): Promise<Auth<Claims>> {
    return accepted(await this.attempt(request, requirement));
  }

  async verify(token: string, requirement?: Requirement): Promise<Auth<Claims>> {
    return accepted(await this.#settle(() => this.#verifyToken(token), requirement));
  }

  attempt(request: GuardRequest, requirement?: Requirement, options?: CheckOptions): Awaitable<Outcome<Claims>> {
    return this.#settle(() => this.#verifyToken(readToken(request.headers), request), requirement, options);
  }

  refusal(error: AuthError): Refusal {
    return toRefusal(error, this.#config.challenges);
  }

  metadata(): PublishedMetadata | undefined {
    const { policies, resource } = this.#config;
    return resource && toPublishedMetadata(resource, { issuers: policies.all.map(({ issuer }) => issuer) });
  }

  async ready(): Promise<void> {
    await Promise.all(this.#config.policies.all.map(({ keys }) => keys.ready()));
  }

  explain(token: string): Promise<readonly Finding[]> {
    return explainToken(token, { ...this.#config, parser: this.#parser });
  }

  /** token → issuer → … Opaque tokens go their own way where the guard introspects. */
  #verifyToken(token: string, request?: GuardRequest): Awaitable<TokenAuth<Claims>> {
    const { introspection, policies } = this.#config;
    if (introspection !== undefined && this.#parser.isOpaque(token)) {
      return this.#introspect(token, introspection, request);
    }
    const parsed = this.#parser.parse(token);
    return chain(policies.find(parsed.claims, request), (policy) => this.#verifySigned(token, parsed, policy));
  }

  /** … keys → signature → claims → … */
  #verifySigned(token: string, parsed: ParsedToken, policy: IssuerPolicy): Awaitable<TokenAuth<Claims>> {
    refuseFirst(headerRules, { ...parsed, policy, now: 0 });
    return chain(policy.keys.pick(parsed.header), (verify) =>
      chain(verify(parsed.signingInput, parsed.signature), (isValid) => {
        if (!isValid) throw new AuthError("signature_invalid");
        this.#parser.remember(token, parsed.header);
        refuseFirst(claimRules, { ...parsed, policy, now: this.#config.now() });
        return this.#toAuth(token, parsed.claims, policy);
      }),
    );
  }

  /** … introspection → claims → … */
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

  /** … binding → revocation → schema. */
  #toAuth(token: string, tokenClaims: JsonObject, policy: IssuerPolicy): Awaitable<TokenAuth<Claims>> {
    const unproven = checkUnbound(tokenClaims);
    if (unproven) throw unproven;
    const { revocation } = this.#config;
    const make = () => this.#applySchema(token, tokenClaims, policy);
    return revocation === undefined ? make() : chain(refuseRevoked(revocation, tokenClaims), make);
  }

  #applySchema(
    token: string,
    tokenClaims: JsonObject,
    { schema, claimNames, scopeAsList }: IssuerPolicy,
  ): Awaitable<TokenAuth<Claims>> {
    const make = (claims: Claims) => new TokenAuth({ token, tokenClaims, claims, claimNames, scopeAsList });
    // Without a schema, Claims is AccessTokenClaims, whose members the claim rules have just checked.
    // With one, the options take schemas of Claims only.
    return schema
      ? chain(parseClaims(schema as StandardSchema<Claims>, tokenClaims), make)
      : make(tokenClaims as Claims);
  }

  /** Makes one outcome of whatever the road did, at once or later, and publishes it once. */
  #settle(
    road: () => Awaitable<TokenAuth<Claims>>,
    requirement?: Requirement,
    options?: CheckOptions,
  ): Awaitable<Outcome<Claims>> {
    const admit = (auth: TokenAuth<Claims>) => this.#admit(auth, requirement);
    const refuse = (error: unknown) => this.#refuse(error, requirement, options);
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

  #refuse(thrown: unknown, requirement?: Requirement, options?: CheckOptions): AuthError | undefined {
    // What is no refusal is a failure in code that the check depends on. It lets nobody in.
    const error = thrown instanceof AuthError ? thrown : new AuthError("check_failed", { cause: thrown });
    // Optional means that credentials may be absent, never that they may be bad.
    const isAnonymous = options?.optional === true && error.reason === "credentials_missing";
    if (this.#hasListeners()) {
      this.#publish(isAnonymous ? { outcome: "anonymous" } : { outcome: "refused", error, requirement });
    }
    return isAnonymous ? undefined : error;
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

function accepted<Claims>(outcome: Outcome<Claims>): Auth<Claims> {
  if (outcome === undefined) throw new AuthError("credentials_missing");
  if (outcome instanceof AuthError) throw outcome;
  return outcome;
}
