// What a token is: token → issuer → keys → signature → claims → schema, or introspection for opaque tokens. Remembers what it verified.
import { isShareable, TokenAuth } from "./auth.js";
import { type Awaitable, chain } from "./awaitable.js";
import type { GuardConfig } from "./configure.js";
import type { ConfiguredIntrospection } from "./configure-introspection.js";
import { AuthError, type AuthScheme } from "./errors.js";
import type { IssuerPolicy } from "./issuer/policy.js";
import { checkCharacters, type GuardRequest } from "./request/credentials.js";
import { parseClaims, type StandardSchema } from "./standard-schema.js";
import { type CacheCounts, createTokenCache, type TokenCache } from "./token/cache.js";
import { claimRules, headerRules, isHeaderSound, isSound, isTimely } from "./token/claims.js";
import { toSigningInput } from "./token/compact.js";
import type { JsonObject } from "./token/json.js";
import { createTokenParser, type ParsedToken, type TokenHeader, type TokenParser } from "./token/parse.js";
import type { Verify } from "./token/signature.js";

/** A token as it came. */
export interface Presented {
  readonly token: string;
  readonly scheme: AuthScheme;
  readonly request?: GuardRequest;
  /** Whether its characters are still to be looked at. */
  readonly isUnchecked?: boolean;
}

/** A token that was verified, with what its verification depended on. */
interface Remembered<Claims> {
  readonly auth: TokenAuth<Claims>;
  readonly policy: IssuerPolicy;
  readonly header: TokenHeader;
  readonly verify: Verify;
}

/** Reads tokens on the terms of one guard. */
export class TokenVerifier<Claims> {
  /** Takes tokens apart, also for `explain`. */
  readonly parser: TokenParser;
  readonly #config: GuardConfig;
  readonly #cache: TokenCache<Remembered<Claims>> | undefined;

  constructor(config: GuardConfig) {
    this.#config = config;
    this.parser = createTokenParser(config.maxTokenSize);
    this.#cache = config.cache && createTokenCache(config.cache);
  }

  cacheCounts(): CacheCounts | undefined {
    return this.#cache?.counts();
  }

  /** token → issuer → … Opaque tokens go their own way where the guard introspects. */
  verify({ token, request, isUnchecked = false }: Presented): Awaitable<TokenAuth<Claims>> {
    const remembered = this.#recall(token, request);
    if (remembered) return remembered;
    const { introspection, policies } = this.#config;
    if (introspection !== undefined && this.parser.isOpaque(token)) {
      if (isUnchecked) checkCharacters(token);
      return this.#introspect(token, introspection, request);
    }
    const parsed = this.#parse(token, isUnchecked);
    return chain(policies.find(parsed.claims, request), (policy) => this.#verifySigned(token, parsed, policy));
  }

  #parse(token: string, isUnchecked: boolean): ParsedToken {
    try {
      return this.parser.parse(token);
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
        if (!parsed.isHeaderKnown) this.parser.remember(token, header);
        const facts = { header, claims, policy, now: this.#config.now() };
        if (!isSound(facts)) refuseFirst(claimRules, facts);
        return chain(this.#toAuth(token, claims, policy), (auth) => {
          // What a schema made may be such that one request could change it for the next.
          if (!policy.schema || isShareable(auth.claims)) this.#cache?.offer(token, { auth, policy, header, verify });
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

  /** The trusted issuer that a token names, whoever wrote it: for listeners, after the decision. Asks no look-up. */
  issuerOf(token: string): string | undefined {
    const { introspection, policies } = this.#config;
    try {
      if (this.parser.isOpaque(token)) return introspection?.issuer;
      const { iss } = this.parser.parse(token).claims;
      return policies.all.find(({ issuer }) => issuer === iss)?.issuer;
    } catch {
      return undefined;
    }
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
