// The name under which a token is remembered: its SHA-256, so that no token lies about in a cache (RFC 7662 §4, CWE-312).
import type { Awaitable } from "../awaitable.js";
import { nodeCrypto } from "../token/signature.js";

/** SHA-256 of the token. At once with Node's crypto, later with Web Crypto. */
export function hashToken(token: string): Awaitable<string> {
  if (nodeCrypto) return nodeCrypto.createHash("sha256").update(token).digest("base64url");
  return hashWithWebCrypto(token);
}

async function hashWithWebCrypto(token: string): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return String.fromCharCode(...new Uint8Array(digest));
}
