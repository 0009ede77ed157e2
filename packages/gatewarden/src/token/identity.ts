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

/** The facts of a token by its (verified) claims. Never throws. */
export function readIdentity(claims: JsonObject): RevocationFacts {
  const issuedAt = member(claims, "iat");
  return Object.freeze({
    issuer: readTextMember(claims, "iss") ?? "",
    subject: readTextMember(claims, "sub"),
    clientId: readTextMember(claims, "client_id") ?? readTextMember(claims, "azp"),
    jti: readTextMember(claims, "jti"),
    sid: readTextMember(claims, "sid"),
    issuedAt: typeof issuedAt === "number" ? issuedAt : undefined,
    expiresAt: Number(member(claims, "exp")),
  });
}
