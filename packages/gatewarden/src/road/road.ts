// Takes a token along the road to its first refusal, or to `Auth`.
import type { TokenAuth } from "../auth.js";
import type { GuardConfig } from "../configuration/configure.js";
import type { AuthError } from "../errors.js";
import type { Awaitable } from "../platform/awaitable.js";
import { toAuthorization } from "../request/credentials.js";
import { parsePresented } from "../request/token-from.js";
import type { Requirement } from "../requirements/requirement.js";
import { createTokenParser, type TokenParser } from "../token/parse.js";
import type { Asked } from "./asked.js";
import { type GuardParts, Journey, type Start } from "./journey.js";
import { KnownTokens } from "./known-tokens.js";
import { type Rule, stopAtFirst, toAuthError, toRules } from "./step.js";
import { checkDenyList, checkGrants, createSteps, type RoadSteps } from "./steps.js";

type Rules = readonly Rule<Journey>[];

/** The road of one guard. */
export class Road implements GuardParts {
  readonly config: GuardConfig;
  readonly parser: TokenParser;
  readonly known: KnownTokens;
  readonly steps: RoadSteps;
  readonly #use: Rules;
  readonly #whole: Rules;

  constructor(config: GuardConfig) {
    this.config = config;
    this.parser = createTokenParser(config.maxTokenSize);
    this.known = new KnownTokens(config, this.parser);
    this.steps = createSteps(config);
    const { arrival, signed, opaque, use } = this.steps;
    const [signedRules, opaqueRules] = [toRules(signed), toRules(opaque)];
    this.#use = toRules(use);
    const takeOwnWay: Rule<Journey> = (journey) =>
      stopAtFirst(this.isIntrospected(journey.token) ? opaqueRules : signedRules, journey);
    const ownWay = opaque.length === 0 ? signedRules : [takeOwnWay];
    this.#whole = [...toRules(arrival), ...ownWay, checkUse];
  }

  /** Whether this request may use the token. */
  checkUse(journey: Journey): Awaitable<AuthError | undefined> {
    const { auth, scheme, requirement } = journey;
    if (this.config.binding.concerns(auth.isBound, scheme)) return stopAtFirst(this.#use, journey);
    return this.#checkUnbound(auth, requirement);
  }

  /** The steps of `use` that concern a token without binding, in their order. */
  #checkUnbound(auth: TokenAuth<unknown>, requirement: Requirement | undefined): Awaitable<AuthError | undefined> {
    const { config } = this;
    const refusal = checkDenyList(auth, config);
    if (refusal === undefined) return checkGrants(auth, requirement, config);
    if (!(refusal instanceof Promise)) return refusal;
    return refusal.then((later) => later ?? checkGrants(auth, requirement, config));
  }

  /** Starts a journey for one token. */
  begin(start: Start): Journey {
    return new Journey(start, this);
  }

  /** Whether only the issuer can describe the token. Throws `AuthError`: `token_too_large`. */
  isIntrospected(token: string): boolean {
    return this.config.introspection !== undefined && this.parser.isOpaque(token);
  }

  /** What the token proves, or the first refusal. Never throws or rejects. */
  travel(asked: Asked): Awaitable<TokenAuth<unknown> | AuthError> {
    const { token, request, requirement } = asked;
    try {
      // A token that did not arrive over HTTP is looked up by the header that it would have had.
      const text = token === undefined ? parsePresented(request, this.config.tokenPlace) : toAuthorization(token);
      const known = this.known.recall(text, request);
      if (known !== undefined && (token === undefined || token.length === known.token.length)) {
        if (this.config.binding.concerns(known.isBound, known.scheme))
          return take(this.#use, this.#resume(known, text, asked));
        // Without a journey: nothing of the request is left to check.
        if (requirement === undefined && this.config.revocation === undefined) return known;
        const refusal = this.#checkUnbound(known, requirement);
        if (refusal instanceof Promise) return refusal.then((later) => later ?? known, toAuthError);
        return refusal ?? known;
      }
      return take(this.#whole, this.begin({ request, text, requirement }));
    } catch (error) {
      return toAuthError(error);
    }
  }

  /** A journey for a known token that starts at the steps of its use. */
  #resume(auth: TokenAuth<unknown>, text: string, { request, requirement }: Asked): Journey {
    const journey = this.begin({ request, text, requirement });
    journey.scheme = auth.scheme;
    journey.token = auth.token;
    journey.claims = auth.tokenClaims;
    journey.auth = auth;
    return journey;
  }

  /**
   * The trusted issuer that a token names, whether or not it signed the token. For listeners, after
   * the decision. Does not call a look-up.
   */
  issuerOf(token: string): string | undefined {
    const { introspection, policies } = this.config;
    try {
      if (this.parser.isOpaque(token)) return introspection?.issuer;
      const { iss } = this.parser.parse(token).claims;
      return policies.all.find(({ issuer }) => issuer === iss)?.issuer;
    } catch {
      return undefined;
    }
  }
}

/** One function for all guards, which the engine optimizes once. */
const checkUse: Rule<Journey> = (journey) => journey.guard.checkUse(journey);

function take(rules: Rules, journey: Journey): Awaitable<TokenAuth<unknown> | AuthError> {
  try {
    const refusal = stopAtFirst(rules, journey);
    if (!(refusal instanceof Promise)) return end(refusal, journey);
    return refusal.then((later) => end(later, journey)).catch((error: unknown) => end(toAuthError(error), journey));
  } catch (error) {
    return end(toAuthError(error), journey);
  }
}

function end(refusal: AuthError | undefined, { scheme, auth }: Journey): TokenAuth<unknown> | AuthError {
  return refusal === undefined ? auth : refusal.withScheme(scheme);
}
