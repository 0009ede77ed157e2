// What a handler receives: facts from a verified token. Frozen, so that it can be shared by all requests with the same token.
// `TokenAuth` is at the same time the entry of the cache: `isMarked`, `isGoodAt`, `isBound` and `scheme` are for the road alone, and stand on
// no public type. So a known token is fetched from memory with one object.
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
import type { CacheEntry } from "./token/cache.js";
import type { Lifetime } from "./token/claims.js";
import { isObject, type JsonObject, member } from "./token/json.js";

/** The claims of an access token when no schema was given: registered ones typed as the guard has checked them, all others unknown. */
export interface AccessTokenClaims {
  readonly iss: string;
  /** Absent where `audience` is false, or where introspection leaves it out. Some issuers write null for what is absent. */
  readonly aud?: string | readonly string[] | null;
  readonly exp: number;
  /** Null at some issuers for tokens without a user. `auth.subject` is text or undefined. */
  readonly sub?: string | null;
  readonly [name: string]: unknown;
}

/** Who acts for the subject (RFC 8693 §4.1). */
export interface Actor {
  readonly subject: string;
  /** Who acted for the actor, if the token was exchanged more than once. */
  readonly actor?: Actor;
}

/** The organization that the subject logged in to. */
export interface Organization {
  readonly id: string;
  readonly name?: string;
}

/** What is known of an authenticated request. Every fact stands in a token whose signature and claims were checked. */
export interface Auth<Claims = AccessTokenClaims> {
  /** `sub`. Undefined when the issuer left it out, or wrote null. */
  readonly subject: string | undefined;
  /** The client that got the token: `client_id` (RFC 9068 §2.2), or `azp`. */
  readonly clientId: string | undefined;
  /** The scopes granted. Empty when there are none. */
  readonly scopes: readonly string[];
  /** The permissions granted. Empty when there are none. */
  readonly permissions: readonly string[];
  /** The roles held. Empty when there are none. */
  readonly roles: readonly string[];
  /** All claims; with a `claims` schema, what the schema returned. */
  readonly claims: Claims;
  readonly issuer: string;
  /** `exp`, in seconds since 1970. */
  readonly expiresAt: number;
  /** `org_id` and `org_name`. */
  readonly organization: Organization | undefined;
  /** `act`: who acts for the subject. */
  readonly actor: Actor | undefined;
  /** Whether a machine acts for itself, with no user behind it (client credentials). */
  readonly isMachine: boolean;
  /** The token as it came, for calling on. Never log it. */
  readonly token: string;
}

/** What `TokenAuth` is made of. */
export interface VerifiedToken<Claims> {
  readonly token: string;
  readonly tokenClaims: JsonObject;
  readonly claims: Claims;
  readonly claimNames: ClaimNames;
  readonly claimFormats: ClaimFormats;
}

/** What is asked of a token that is kept, when it comes again. */
export interface KeptFacts extends Lifetime {
  /** The scheme that it came in. */
  readonly scheme: AuthScheme;
}

/**
 * `Auth` over a verified token. Facts that cost something are computed when they are first asked for. It is also what the cache keeps: the
 * one object that a known token is fetched from memory with.
 */
export class TokenAuth<Claims> implements Auth<Claims>, Grants, CacheEntry {
  // First, and so side by side in memory, all that is read when the token comes again.
  #isMarked = false;
  readonly #from: number;
  readonly #until: number;
  readonly #scheme: AuthScheme;
  readonly #isBound: boolean;
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

  /** The scheme that a token which is kept came in. */
  get scheme(): AuthScheme {
    return this.#scheme;
  }

  /** Whether a token that is kept is good at a time, in seconds since 1970. */
  isGoodAt(now: number): boolean {
    return now >= this.#from && now < this.#until;
  }

  /** The cache's own. */
  get isMarked(): boolean {
    return this.#isMarked;
  }

  set isMarked(isMarked: boolean) {
    this.#isMarked = isMarked;
  }

  get token(): string {
    return this.#verified.token;
  }

  /** All that was signed. Frozen before it is handed out: a change would decide the next request with the same token (CWE-471). */
  get tokenClaims(): JsonObject {
    this.#freeze();
    return this.#verified.tokenClaims;
  }

  get claims(): Claims {
    this.#freeze();
    return this.#verified.claims;
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
    return readActor(member(this.#verified.tokenClaims, "act"), 0);
  }

  get isMachine(): boolean {
    const { subject, clientId } = this;
    if (member(this.#verified.tokenClaims, "gty") === "client-credentials") return true;
    return (
      subject !== undefined && clientId !== undefined && (subject === clientId || subject === `${clientId}@clients`)
    );
  }

  /** What a logger prints: facts for an audit trail, never the token or all of its claims (CWE-532). */
  toJSON(): Record<string, unknown> {
    const { subject, clientId, issuer, expiresAt } = this;
    return { subject, clientId, issuer, expiresAt };
  }

  #text(name: string): string | undefined {
    const value = member(this.#verified.tokenClaims, name);
    return typeof value === "string" ? value : undefined;
  }
}

const maxActors = 8;

function readActor(value: unknown, depth: number): Actor | undefined {
  if (!isObject(value) || depth === maxActors) return undefined;
  const subject = member(value, "sub");
  if (typeof subject !== "string") return undefined;
  const actor = readActor(member(value, "act"), depth + 1);
  return { subject, ...(actor && { actor }) };
}

/** Freezes plain objects and lists all the way down, also below what is frozen already; what a schema made of other kinds is left as it is. */
function freezeDeep(value: unknown, seen: Set<unknown> = new Set()): void {
  if (typeof value !== "object" || value === null || seen.has(value) || !isPlain(value)) return;
  seen.add(Object.freeze(value));
  for (const one of Object.values(value)) freezeDeep(one, seen);
}

const maxSharedDepth = 64;

/**
 * Whether freezing reaches all of it, so that several requests may share it: dates, maps and instances keep a state of their own, getters
 * may give something else each time, and members that are hidden are not found.
 */
export function isShareable(value: unknown, depth = 0): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function";
  if (depth === maxSharedDepth || !isPlain(value)) return false;
  return Reflect.ownKeys(value).every((name) => {
    const member = typeof name === "string" ? Object.getOwnPropertyDescriptor(value, name) : undefined;
    if (member === undefined || !("value" in member)) return false;
    // Hidden ones, such as the length of a list, must be values that need no freezing.
    return isShareable(member.value, member.enumerable ? depth + 1 : maxSharedDepth);
  });
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}
