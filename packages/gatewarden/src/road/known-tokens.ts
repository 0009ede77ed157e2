// The by-pass of the road: finds a token that was verified before by its text, and checks again
// what may have changed since.
import { type KeptFacts, TokenAuth } from "../auth.js";
import type { GuardConfig } from "../configuration/configure.js";
import type { IssuerPolicy } from "../issuer/policy.js";
import type { Awaitable } from "../platform/awaitable.js";
import type { GuardRequest } from "../request/credentials.js";
import { type CacheCounts, createTokenCache, type TokenCache } from "../token/cache.js";
import { toLifetime } from "../token/claims.js";
import type { TokenHeader, TokenParser } from "../token/parse.js";
import { isShareable } from "../token/shareable.js";
import type { Verify } from "../token/signature.js";
import { type Journey, toVerifiedToken } from "./journey.js";

/** What a verification depended on. Not part of `Auth`, which may outlive its issuer. */
interface VerifiedBy {
  readonly policy: IssuerPolicy;
  readonly header: TokenHeader;
  readonly verify: Verify;
}

/** The tokens that one guard has verified. */
export class KnownTokens {
  readonly #config: GuardConfig;
  readonly #parser: TokenParser;
  readonly #cache: TokenCache<TokenAuth<unknown>, VerifiedBy> | undefined;

  constructor(config: GuardConfig, parser: TokenParser) {
    this.#config = config;
    this.#parser = parser;
    this.#cache = config.cache && createTokenCache(config.cache);
  }

  counts(): CacheCounts | undefined {
    return this.#cache?.counts();
  }

  /**
   * The result of an earlier verification of the same text. Checks its issuer, key and times again,
   * since they may have changed. Returns undefined when anything differs; the token then takes the
   * whole road, which reports what is wrong.
   */
  recall(text: string, request: GuardRequest | undefined): TokenAuth<unknown> | undefined {
    const cache = this.#cache;
    const index = cache?.find(text);
    if (cache === undefined || index === undefined) return undefined;
    const auth = cache.entryAt(index);
    const verifiedBy = cache.verifiedByAt(index);
    if (auth === undefined || verifiedBy === undefined) return undefined;
    const { policy, header, verify } = verifiedBy;
    const { policies } = this.#config;
    const now = this.#config.now();
    const isCurrent =
      (policies.isFixed || isHere(policies.find(auth.tokenClaims, request), policy)) &&
      isHere(policy.keys.pick(header, now), verify) &&
      auth.isGoodAt(now);
    if (isCurrent) return auth;
    cache.delete(text);
    return undefined;
  }

  /** Stores the token's header, and the token itself when it is seen for the second time. */
  keep(journey: Journey): void {
    const { text, token, parsed, header, claims, handlerClaims, policy, verify, scheme } = journey;
    if (parsed?.isHeaderKnown === false) this.#parser.remember(token, header);
    // A schema's output may be mutable, so that one request could change it for the next.
    if (handlerClaims !== claims && !isShareable(handlerClaims)) return;
    const kept = this.#cache?.admit(text);
    if (kept === undefined) return;
    const facts: KeptFacts = { scheme, ...toLifetime(claims, policy) };
    // The token handed out is a slice of the stored text, so it needs no extra memory.
    const ownToken = kept.slice(text.length - token.length);
    const auth = new TokenAuth({ ...toVerifiedToken(journey), token: ownToken }, facts);
    journey.auth = auth;
    this.#cache?.keep(kept, auth, { policy, header, verify });
  }
}

/**
 * Whether the value is available now and unchanged. A promise counts as changed: the road asks
 * again, and handles a rejection.
 */
function isHere<Value>(value: Awaitable<Value>, expected: Value): boolean {
  if (value instanceof Promise) value.catch(() => undefined);
  return value === expected;
}
