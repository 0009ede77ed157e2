// What a token is: token → issuer → keys → signature → claims → schema, or introspection for opaque tokens. Remembers what it verified.
import { isShareable, type Standing, TokenAuth } from "../auth.js";
import type { GuardConfig } from "../configuration/configure.js";
import type { ConfiguredIntrospection } from "../configuration/introspection.js";
import { AuthError, type AuthScheme } from "../errors.js";
import type { IssuerPolicy } from "../issuer/policy.js";
import { type Awaitable, chain } from "../platform/awaitable.js";
import { type GuardRequest, parseCredentials } from "../request/credentials.js";
import { type CacheCounts, createTokenCache, type TokenCache } from "../token/cache.js";
import { claimRules, headerRules, isHeaderSound, isSound, toLifetime } from "../token/claims.js";
import { toSignature, toSigningInput } from "../token/compact.js";
import type { JsonObject } from "../token/json.js";
import { createTokenParser, type ParsedToken, type TokenHeader, type TokenParser } from "../token/parse.js";
import type { Verify } from "../token/signature.js";
import { parseClaims, type StandardSchema } from "../token/standard-schema.js";

/** A token as it came. */
export interface Presented {
  /** What it is recognised by when it comes again: the header with scheme and token, or the token alone. Ends in the token. */
  readonly text: string;
  readonly token: string;
  readonly scheme: AuthScheme;
  readonly request: GuardRequest | undefined;
  /** Whether its characters are still to be looked at. */
  readonly isUnchecked: boolean;
}

/** What a verification depended on: one object for all tokens with the same key. Not part of `Auth`, which may outlive its issuer. */
interface Grounds {
  readonly policy: IssuerPolicy;
  readonly header: TokenHeader;
  readonly verify: Verify;
}

/** A token under way, once its issuer is found. */
interface Candidate {
  readonly presented: Presented;
  readonly parsed: ParsedToken;
  readonly policy: IssuerPolicy;
}

/** Reads tokens on the terms of one guard. */
export class TokenVerifier<Claims> {
  /** Takes tokens apart, also for `explain`. */
  readonly parser: TokenParser;
  readonly #config: GuardConfig;
  readonly #cache: TokenCache<TokenAuth<Claims>, Grounds> | undefined;
  /** Those of the token that was kept last: the next one's are mostly the same. */
  #grounds: Grounds | undefined;

  constructor(config: GuardConfig) {
    this.#config = config;
    this.parser = createTokenParser(config.maxTokenSize);
    this.#cache = config.cache && createTokenCache(config.cache);
  }

  cacheCounts(): CacheCounts | undefined {
    return this.#cache?.counts();
  }

  /**
   * What was found out about the same text before. Its issuer, its key and its times are looked at again, as they may have changed. Undefined
   * where anything is not as it was; then the token goes the long way, which says what is wrong.
   */
  recall(text: string, request: GuardRequest | undefined): TokenAuth<Claims> | undefined {
    const index = this.#cache?.find(text);
    if (index === undefined) return undefined;
    const auth = this.#cache?.entryAt(index);
    const grounds = this.#cache?.groundsAt(index);
    if (auth === undefined || grounds === undefined) return undefined;
    const { policy, header, verify } = grounds;
    const { policies } = this.#config;
    const now = this.#config.now();
    const isCurrent =
      (policies.isFixed || isHere(policies.find(auth.tokenClaims, request), policy)) &&
      isHere(policy.keys.pick(header, now), verify) &&
      auth.isGoodAt(now);
    if (isCurrent) return auth;
    this.#cache?.delete(text);
    return undefined;
  }

  /** token → issuer → … Opaque tokens go their own way where the guard introspects. */
  verify(presented: Presented): Awaitable<TokenAuth<Claims>> {
    const { token, request } = presented;
    const { introspection, policies } = this.#config;
    if (introspection !== undefined && this.parser.isOpaque(token)) {
      this.#checkSyntax(presented);
      return this.#introspect(token, introspection, request);
    }
    const parsed = this.#parse(presented);
    const policy = policies.find(parsed.claims, request);
    if (!(policy instanceof Promise)) return this.#verifySigned({ presented, parsed, policy });
    return policy.then((found) => this.#verifySigned({ presented, parsed, policy: found }));
  }

  #parse(presented: Presented): ParsedToken {
    try {
      return this.parser.parse(presented.token);
    } catch (error) {
      // What is no token at all is a fault of the header first of all (RFC 6750 §3.1 invalid_request).
      this.#checkSyntax(presented);
      throw error;
    }
  }

  #checkSyntax({ text, request, isUnchecked }: Presented): void {
    if (isUnchecked && request) parseCredentials(request, text, this.#config.binding.policy.modes.dpop !== "off");
  }

  /** … keys → … */
  #verifySigned(candidate: Candidate): Awaitable<TokenAuth<Claims>> {
    const { parsed, policy } = candidate;
    const { header, claims } = parsed;
    if (!isHeaderSound(header, policy)) refuseFirst(headerRules, { header, claims, policy, now: 0 });
    const verify = policy.keys.pick(header);
    if (!(verify instanceof Promise)) return this.#verifyWith(verify, candidate);
    return verify.then((found) => this.#verifyWith(found, candidate));
  }

  /** … signature → … */
  #verifyWith(verify: Verify, candidate: Candidate): Awaitable<TokenAuth<Claims>> {
    const { token, payloadEnd } = candidate.parsed;
    const isValid = verify(toSigningInput(token, payloadEnd), toSignature(token, payloadEnd));
    if (!(isValid instanceof Promise)) return this.#accept(isValid, verify, candidate);
    return isValid.then((found) => this.#accept(found, verify, candidate));
  }

  /** … claims → … */
  #accept(isValid: boolean, verify: Verify, candidate: Candidate): Awaitable<TokenAuth<Claims>> {
    if (!isValid) throw new AuthError("signature_invalid");
    const { presented, parsed, policy } = candidate;
    const { header, claims } = parsed;
    if (!parsed.isHeaderKnown) this.parser.remember(presented.token, header);
    const facts = { header, claims, policy, now: this.#config.now() };
    if (!isSound(facts)) refuseFirst(claimRules, facts);
    if (policy.schema) return this.#applySchema(policy.schema, verify, candidate);
    // Without a schema, Claims is AccessTokenClaims, whose members the claim rules have just checked.
    return this.#remember(claims as Claims, verify, candidate);
  }

  /** … schema. */
  #applySchema(schema: StandardSchema, verify: Verify, candidate: Candidate): Awaitable<TokenAuth<Claims>> {
    const { presented, parsed, policy } = candidate;
    // With one, the options take schemas of Claims only.
    return chain(parseClaims(schema as StandardSchema<Claims>, parsed.claims), (claims) =>
      // What a schema made may be such that one request could change it for the next.
      isShareable(claims)
        ? this.#remember(claims, verify, candidate)
        : toAuth(presented.token, { tokenClaims: parsed.claims, claims, policy }),
    );
  }

  #remember(claims: Claims, verify: Verify, { presented, parsed, policy }: Candidate): TokenAuth<Claims> {
    const { text, token, scheme } = presented;
    const { header, claims: tokenClaims } = parsed;
    const kept = this.#cache?.admit(text);
    if (kept === undefined) return toAuth(token, { tokenClaims, claims, policy });
    const standing = { scheme, ...toLifetime(tokenClaims, policy.clockTolerance) };
    // The token that is handed out is a part of the text that is kept, so it takes no room of its own.
    const auth = toAuth(kept.slice(text.length - token.length), { tokenClaims, claims, policy }, standing);
    this.#cache?.keep(kept, auth, this.#toGrounds({ policy, header, verify }));
    return auth;
  }

  /** Those of the token before, where a key would be chosen alike. */
  #toGrounds(grounds: Grounds): Grounds {
    const last = this.#grounds;
    const isSame =
      last?.policy === grounds.policy &&
      last.verify === grounds.verify &&
      last.header.alg === grounds.header.alg &&
      last.header.kid === grounds.header.kid;
    if (isSame) return last;
    this.#grounds = grounds;
    return grounds;
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
        const { schema } = policy;
        if (!schema) return toAuth(token, { tokenClaims: claims, claims: claims as Claims, policy });
        return chain(parseClaims(schema as StandardSchema<Claims>, claims), (parsed) =>
          toAuth(token, { tokenClaims: claims, claims: parsed, policy }),
        );
      }),
    );
  }
}

interface Found<Claims> {
  readonly tokenClaims: JsonObject;
  readonly claims: Claims;
  readonly policy: IssuerPolicy;
}

function toAuth<Claims>(
  token: string,
  { tokenClaims, claims, policy }: Found<Claims>,
  standing?: Standing,
): TokenAuth<Claims> {
  const { claimNames, claimFormats } = policy;
  return new TokenAuth({ token, tokenClaims, claims, claimNames, claimFormats }, standing);
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
