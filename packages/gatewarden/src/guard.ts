// The guard: runs the steps of the road in order. Reading `#verifyToken` and `#admit` top to bottom is reading the road.
import { type AccessTokenClaims, type Auth, TokenAuth } from "./auth.js";
import { type Awaitable, chain } from "./awaitable.js";
import { checkUnbound } from "./binding/bound.js";
import { configure, type GuardConfig } from "./configure.js";
import { type Decision, type DecisionListener, hasChannelListeners, publishDecision } from "./decision.js";
import { AuthError } from "./errors.js";
import { explainToken, type Finding } from "./explain/explain.js";
import type { IssuerPolicy } from "./issuer/policy.js";
import type { GuardOptions } from "./options.js";
import { type Refusal, toRefusal } from "./request/challenge.js";
import { type GuardRequest, readToken } from "./request/credentials.js";
import { evaluate } from "./requirements/evaluate.js";
import type { Requirement } from "./requirements/requirement.js";
import { checkRequirement } from "./requirements/validate.js";
import { warn } from "./runtime.js";
import { type StandardSchema, toPath } from "./standard-schema.js";
import { claimRules, headerRules, type TokenFacts, type TokenRule } from "./token/claims.js";
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
  readonly #schema: StandardSchema<Claims> | undefined;
  readonly #onDecision: DecisionListener | undefined;

  constructor(config: GuardConfig, options: GuardOptions<Claims>) {
    this.#config = config;
    this.#parser = createTokenParser(config.maxTokenSize);
    this.#schema = options.claims;
    this.#onDecision = options.onDecision;
  }

  get issuers(): readonly string[] {
    return this.#config.policies.all.map(({ issuer }) => issuer);
  }

  async check(request: GuardRequest, requirement?: Requirement): Promise<Auth<Claims>> {
    return accepted(await this.attempt(request, requirement));
  }

  async verify(token: string, requirement?: Requirement): Promise<Auth<Claims>> {
    return accepted(await this.#settle(() => this.#verifyToken(token), requirement));
  }

  attempt(request: GuardRequest, requirement?: Requirement, options?: CheckOptions): Awaitable<Outcome<Claims>> {
    return this.#settle(() => this.#verifyToken(readToken(request.headers)), requirement, options);
  }

  refusal(error: AuthError): Refusal {
    return toRefusal(error, this.#config.realm);
  }

  async ready(): Promise<void> {
    await Promise.all(this.#config.policies.all.map(({ keys }) => keys.ready()));
  }

  explain(token: string): Promise<readonly Finding[]> {
    return explainToken(token, { ...this.#config, parser: this.#parser, schema: this.#schema });
  }

  /** token → issuer → keys → signature → claims → binding. */
  #verifyToken(token: string): Awaitable<TokenAuth<Claims>> {
    const parsed = this.#parser.parse(token);
    const policy = this.#config.policies.find(parsed.claims);
    refuseFirst(headerRules, { ...parsed, policy, now: 0 });
    return chain(policy.keys.pick(parsed.header), (verify) =>
      chain(verify(parsed.signingInput, parsed.signature), (isValid) => {
        if (!isValid) throw new AuthError("signature_invalid");
        this.#parser.remember(token, parsed.header);
        refuseFirst(claimRules, { ...parsed, policy, now: this.#config.now() });
        const unproven = checkUnbound(parsed.claims);
        if (unproven) throw unproven;
        return this.#toAuth(token, parsed, policy);
      }),
    );
  }

  #toAuth(
    token: string,
    { claims: tokenClaims }: ParsedToken,
    { claimNames, scopeAsList }: IssuerPolicy,
  ): Awaitable<TokenAuth<Claims>> {
    const make = (claims: Claims) => new TokenAuth({ token, tokenClaims, claims, claimNames, scopeAsList });
    // Without a schema, Claims is AccessTokenClaims, whose members the claim rules have just checked.
    if (!this.#schema) return make(tokenClaims as Claims);
    return chain(this.#schema["~standard"].validate(tokenClaims), (result) => {
      if (!result.issues) return make(result.value);
      const name = result.issues.map(toPath).join(", ");
      throw new AuthError("claims_rejected", { details: { name, problem: "does not satisfy the schema" } });
    });
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
    const refusal = requirement && evaluate(checkRequirement(requirement), auth);
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
      this.#onDecision?.(decision);
    } catch (error) {
      warn("GATEWARDEN_LISTENER", `onDecision threw: ${error instanceof Error ? error.name : typeof error}`);
    }
  }
}

function refuseFirst(rules: readonly TokenRule[], facts: TokenFacts): void {
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
