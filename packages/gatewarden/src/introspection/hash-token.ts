// The name under which a token is remembered: its SHA-256, so that no token lies about in a cache (RFC 7662 §4, CWE-312).
import { type Awaitable, chain } from "../awaitable.js";
import { toBase64url } from "../token/base64url.js";
import { sha256 } from "../token/hash.js";

/** SHA-256 of the token. */
export function hashToken(token: string): Awaitable<string> {
  return chain(sha256(token), toBase64url);
}
