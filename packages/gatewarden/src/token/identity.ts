// The facts by which a deny list can identify a token.
import { type JsonObject, member, readTextMember } from "./json.js";

/** The facts by which a deny list can identify a token. Frozen: checks of one token share them. */
export interface RevocationFacts {
  readonly issuer: string;
  readonly subject: string | undefined;
  readonly clientId: string | undefined;
  /** `jti`, which is unique within its issuer only (RFC 7519 §4.1.7). */
  readonly jti: string | undefined;
  /** `sid`, the login session (OIDC Back-Channel Logout §2.4). */
  readonly sid: string | undefined;
  /** `iat`, in seconds since 1970. */
  readonly issuedAt: number | undefined;
  /** `exp`, in seconds since 1970. */
  readonly expiresAt: number;
}

/**
 * The facts of one token, and a note of the deny list that found nothing against it. The note is
 * private: what other code is asked with, or copies, has none.
 */
export class TokenIdentity implements RevocationFacts {
  readonly issuer: string;
  readonly subject: string | undefined;
  readonly clientId: string | undefined;
  readonly jti: string | undefined;
  readonly sid: string | undefined;
  readonly issuedAt: number | undefined;
  readonly expiresAt: number;
  #clearAt = 0;

  /** The facts of a token by its (verified) claims. Never throws. */
  constructor(claims: JsonObject) {
    const issuedAt = member(claims, "iat");
    this.issuer = readTextMember(claims, "iss") ?? "";
    this.subject = readTextMember(claims, "sub");
    this.clientId = readTextMember(claims, "client_id") ?? readTextMember(claims, "azp");
    this.jti = readTextMember(claims, "jti");
    this.sid = readTextMember(claims, "sid");
    this.issuedAt = typeof issuedAt === "number" ? issuedAt : undefined;
    this.expiresAt = Number(member(claims, "exp"));
    Object.freeze(this);
  }

  /** The state of a deny list that is noted with the facts; 0 for facts without a note. */
  static readClearance(facts: RevocationFacts): number {
    return #clearAt in facts ? facts.#clearAt : 0;
  }

  /** Notes that a deny list holds nothing against the token as long as it is in this state. */
  static noteClearance(facts: RevocationFacts, state: number): void {
    if (#clearAt in facts) facts.#clearAt = state;
  }
}
