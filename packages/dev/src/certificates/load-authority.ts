// Reads the authority of a directory, which may have come with a project: only one that this user's
// own tenant could have made counts.
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readPrivateText } from "../private-file.js";
import { hasAuthorityExtensions } from "./certificate.js";

/** An authority that ends sooner is replaced at the next start. */
const leastRest = 30 * 86_400_000;

/** RFC 6761 §6.3, RFC 1122 §3.2.1.3 and RFC 4291 §2.5.3: names that never mean another machine. */
export const permitted: readonly string[] = ["localhost", "127.0.0.0/8", "::1/128"];

export interface AuthorityPair {
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
}

/** What a directory has: an authority, a file that is not to be used, or nothing. */
export type LoadedAuthority =
  | { readonly pair: AuthorityPair }
  | { readonly pair?: undefined; readonly isThere: boolean; readonly flaw?: string };

/**
 * The authority of a file with key and certificate. A flaw is told, and not that it ends soon: then
 * a new one is usual.
 */
export async function loadAuthorityPair(file: string, now: number): Promise<LoadedAuthority> {
  const { flaw, text } = await readPrivateText(file);
  if (text === undefined) return { isThere: flaw !== undefined, ...(flaw !== undefined && { flaw }) };
  const pair = parsePair(text);
  if (pair === undefined) return { isThere: true, flaw: "does not contain a key and its certificate" };
  // Without the name constraints, its author could pose as every site to programs that trust it
  // (CWE-295).
  if (!isOwn(pair.certificate)) return { isThere: true, flaw: "has other extensions than the tenant's own" };
  return Date.parse(pair.certificate.validTo) - now > leastRest ? { pair } : { isThere: true };
}

function parsePair(text: string): AuthorityPair | undefined {
  try {
    const [key, certificate] = [createPrivateKey(text), new X509Certificate(text)];
    return certificate.checkPrivateKey(key) ? { key, certificate } : undefined;
  } catch {
    return undefined;
  }
}

function isOwn(certificate: X509Certificate): boolean {
  try {
    return hasAuthorityExtensions(certificate, permitted);
  } catch {
    return false;
  }
}
