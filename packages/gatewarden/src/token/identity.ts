// The facts by which a deny list can identify a token.
import { Clearable } from "./clearance.js";
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

/** The facts of one token. A deny list may note with them that it holds nothing against it. */
export class TokenIdentity extends Clearable implements RevocationFacts {
  readonly issuer: string;
  readonly subject: string | undefined;
  readonly clientId: string | undefined;
  readonly jti: string | undefined;
  readonly sid: string | undefined;
  readonly issuedAt: number | undefined;
  readonly expiresAt: number;

  /** The facts of a token by its (verified) claims. Never throws. */
  constructor(claims: JsonObject) {
    super();
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
}
