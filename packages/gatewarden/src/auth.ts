// What a handler receives: facts from a verified token. Frozen, so all requests with the same token
// share it. `TokenAuth` is also the cache entry, so one object serves a known token. `isMarked`,
// `isGoodAt`, `isBound`, `scheme` and `toIdentity` are for the guard only and appear on no public
// type.
import type { AuthScheme } from "./errors.js";
import type { ClaimFormats, ClaimNames } from "./issuer/policy.js";
import {
  findGrantProblem,
  findTextProblem,
  type GrantFormat,
  type GrantProblem,
  readNames,
  readPath,
} from "./requirements/read-grants.js";
import type { GrantKind, Grants } from "./requirements/requirement.js";
import type { AccessTokenClaims } from "./token/access-token-claims.js";
import { type Actor, readActors } from "./token/actor.js";
import type { CacheEntry } from "./token/cache.js";
import type { Lifetime } from "./token/claims.js";
import { type RevocationFacts, TokenIdentity } from "./token/identity.js";
import { type JoseHeader, readJoseHeader } from "./token/jose-header.js";
import { type JsonObject, member, readTextMember } from "./token/json.js";
import { freezeDeep } from "./token/shareable.js";

export type { AccessTokenClaims, Actor };

/** The organization that the subject logged in to. */
export interface Organization {
  readonly id: string;
  readonly name?: string;
}

/**
 * What is known about an authenticated request. Every fact comes from a token whose signature and
 * claims were checked.
 */
export interface Auth<Claims = AccessTokenClaims> {
  /** `sub`. Undefined when the issuer left it out, or wrote null. */
  readonly subject: string | undefined;
  /** The client that the token was issued to: `client_id` (RFC 9068 §2.2), or `azp`. */
  readonly clientId: string | undefined;
  /** The scopes granted. Empty when there are none. */
  readonly scopes: readonly string[];
  /** The permissions granted. Empty when there are none. */
  readonly permissions: readonly string[];
  /** The roles held. Empty when there are none. */
  readonly roles: readonly string[];
  /** All claims, or the output of the `claims` schema. */
  readonly claims: Claims;
  /**
   * The token's JOSE header, frozen (RFC 7515 §4). Undefined for an opaque token, which has none.
   * Read from the token at each access: keep it where it is needed often.
   */
  readonly header: JoseHeader | undefined;
  readonly issuer: string;
  /** `exp`, in seconds since 1970. */
  readonly expiresAt: number;
  /** `org_id` and `org_name`. */
  readonly organization: Organization | undefined;
  /** `act`: who acts for the subject now. Undefined where nothing but the subject acts. */
  readonly actor: Actor | undefined;
  /**
   * All that `act` names: the current actor first, then each one before it. For records: only the
   * first one may decide what is allowed (RFC 8693 §4.1). Empty where no actor is named.
   */
  readonly actors: readonly Actor[];
  /** Whether a client acts for itself, without a user (client credentials). */
  readonly isMachine: boolean;
  /** The raw token, for calls to other services. Never log it. */
  readonly token: string;
}

/** What `TokenAuth` is built from. */
export interface VerifiedToken<Claims> {
  readonly token: string;
  readonly tokenClaims: JsonObject;
  readonly claims: Claims;
  readonly claimNames: ClaimNames;
  readonly claimFormats: ClaimFormats;
}

/** What is checked when a cached token is presented again. */
export interface KeptFacts extends Lifetime {
  /** The scheme that the token was presented with. */
  readonly scheme: AuthScheme;
}

/**
 * `Auth` over a verified token. Expensive facts are computed on first access. It is also the cache
 * entry: a known token needs only this one object.
 */
export class TokenAuth<Claims> implements Auth<Claims>, Grants, CacheEntry {
  // Read whenever the token is presented again; declared first so that they are adjacent in memory.
  #isMarked = false;
  readonly #from: number;
  readonly #until: number;
  readonly #scheme: AuthScheme;
  readonly #isBound: boolean;
  #identity: RevocationFacts | undefined;
  readonly #verified: VerifiedToken<Claims>;
  #scopes: readonly string[] | undefined;
  #permissions: readonly string[] | undefined;
  #roles: readonly string[] | undefined;
  #isFrozen = false;

  constructor(verified: VerifiedToken<Claims>, kept?: KeptFacts) {
    this.#from = kept?.from ?? 0;
    this.#until = kept?.until ?? 0;
    this.#scheme = kept?.scheme ?? "Bearer";
    this.#verified = verified;
    this.#isBound = Object.hasOwn(verified.tokenClaims, "cnf");
    Object.freeze(this);
  }

  /** Whether the token is bound to a key of its sender (RFC 7800 §3.1). */
  get isBound(): boolean {
    return this.#isBound;
  }

  /** The scheme that the cached token was presented with. */
  get scheme(): AuthScheme {
    return this.#scheme;
  }

  /** Whether a cached token is valid at a time, in seconds since 1970. */
  isGoodAt(now: number): boolean {
    return now >= this.#from && now < this.#until;
  }

  /**
   * What a deny list is asked with. Computed once per token: it depends on the signed claims alone,
   * and is frozen, so that no check can change what the next one asks (CWE-488).
   */
  toIdentity(): RevocationFacts {
    this.#identity ??= new TokenIdentity(this.#verified.tokenClaims);
    return this.#identity;
  }

  /** Used only by the cache. */
  get isMarked(): boolean {
    return this.#isMarked;
  }

  set isMarked(isMarked: boolean) {
    this.#isMarked = isMarked;
  }

  get token(): string {
    return this.#verified.token;
  }

  /**
   * The signed claims. Frozen before they are handed out: a change would affect the next request
   * with the same token (CWE-471).
   */
  get tokenClaims(): JsonObject {
    this.#freeze();
    return this.#verified.tokenClaims;
  }

  get claims(): Claims {
    this.#freeze();
    return this.#verified.claims;
  }

  /** Not kept: a header may hold a chain of certificates, and few applications ask for it. */
  get header(): JoseHeader | undefined {
    const header = readJoseHeader(this.#verified.token);
    freezeDeep(header);
    return header;
  }

  #freeze(): void {
    if (this.#isFrozen) return;
    const { claims, tokenClaims } = this.#verified;
    freezeDeep(tokenClaims);
    if (claims !== tokenClaims) freezeDeep(claims);
    this.#isFrozen = true;
  }

  get subject(): string | undefined {
    return this.#text("sub");
  }

  get clientId(): string | undefined {
    return this.#text("client_id") ?? this.#text("azp");
  }

  get issuer(): string {
    return this.#text("iss") ?? "";
  }

  get expiresAt(): number {
    return Number(member(this.#verified.tokenClaims, "exp"));
  }

  get scopes(): readonly string[] {
    this.#scopes ??= this.#read(this.#verified.claimNames.scope, this.#scopeFormat());
    return this.#scopes;
  }

  get permissions(): readonly string[] {
    const { claimNames, claimFormats } = this.#verified;
    this.#permissions ??= this.#read(claimNames.permissions, claimFormats.permissions);
    return this.#permissions;
  }

  get roles(): readonly string[] {
    const { claimNames, claimFormats } = this.#verified;
    this.#roles ??= this.#read(claimNames.roles, claimFormats.roles);
    return this.#roles;
  }

  #read(name: ClaimNames["roles"], format: GrantFormat): readonly string[] {
    return readNames(readPath(this.#verified.tokenClaims, name), format);
  }

  #scopeFormat(): GrantFormat {
    const { scope } = this.#verified.claimFormats;
    return scope === "list" ? "blanks or list" : scope;
  }

  problemOf(kind: GrantKind): GrantProblem | undefined {
    const { tokenClaims, claimNames, claimFormats } = this.#verified;
    switch (kind) {
      case "permission":
        return findGrantProblem(tokenClaims, claimNames.permissions, claimFormats.permissions);
      case "scope":
        return findGrantProblem(tokenClaims, claimNames.scope, this.#scopeFormat());
      case "role":
        return findGrantProblem(tokenClaims, claimNames.roles, claimFormats.roles);
      case "organization":
        return findTextProblem(tokenClaims, claimNames.organization);
    }
  }

  get organizationId(): string | undefined {
    const id = readPath(this.#verified.tokenClaims, this.#verified.claimNames.organization);
    return typeof id === "string" ? id : undefined;
  }

  get organization(): Organization | undefined {
    const id = this.organizationId;
    const name = this.#text("org_name");
    return id === undefined ? undefined : { id, ...(name !== undefined && { name }) };
  }

  get actor(): Actor | undefined {
    return this.actors[0];
  }

  get actors(): readonly Actor[] {
    return readActors(this.#verified.tokenClaims);
  }

  get isMachine(): boolean {
    const { subject, clientId } = this;
    if (member(this.#verified.tokenClaims, "gty") === "client-credentials") return true;
    return (
      subject !== undefined && clientId !== undefined && (subject === clientId || subject === `${clientId}@clients`)
    );
  }

  /**
   * What a logger prints: facts for an audit trail, never the token or all of its claims (CWE-532).
   */
  toJSON(): Record<string, unknown> {
    const { subject, clientId, issuer, expiresAt } = this;
    return { subject, clientId, issuer, expiresAt };
  }

  #text(name: string): string | undefined {
    return readTextMember(this.#verified.tokenClaims, name);
  }
}
