// SHA-256, its MAC, and comparison of digests.
import { nodeCrypto } from "./signature.js";

/** The SHA-256 digest of the parts one after the other. Text counts as UTF-8. */
export function sha256(...parts: readonly (string | Uint8Array)[]): Buffer {
  const hash = requireCrypto().createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The HMAC-SHA-256 of text. */
export function hmacSha256(secret: Uint8Array, text: string): Buffer {
  return requireCrypto().createHmac("sha256", secret).update(text).digest();
}

/** Whether two digests are equal, in a time that does not tell where they differ (CWE-208). */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && requireCrypto().timingSafeEqual(one, other);
}

function requireCrypto(): NonNullable<typeof nodeCrypto> {
  if (nodeCrypto) return nodeCrypto;
  throw new TypeError("This platform lacks node:crypto");
}
