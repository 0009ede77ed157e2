// Values that only the holder of a token can read: name and key are derived from the token, so that
// a copy of Redis reveals neither tokens nor claims (RFC 7662 §4, CWE-312).
import { readBase64url, toBase64url } from "../token/base64url.js";

/** A name for the value of a token, and the key that seals it. */
export interface Seal {
  readonly name: string;
  readonly key: CryptoKey;
}

type CryptoKey = import("node:crypto").webcrypto.CryptoKey;

/** What a seal is derived from. */
export interface SealSource {
  readonly token: string;
  readonly issuer: string;
  /** Without it, the holder of a token who can write to Redis can forge the value of that token. */
  readonly secret: Uint8Array | undefined;
}

const encoder = new TextEncoder();
const label = "gatewarden introspection 1";
const ivBytes = 12;

/** HKDF (RFC 5869): 32 bytes for the name, 32 for the key. Neither leads to the other. */
export async function createSeal({ token, issuer, secret }: SealSource): Promise<Seal> {
  const material = await crypto.subtle.importKey("raw", encoder.encode(token), "HKDF", false, ["deriveBits"]);
  const salt = new Uint8Array(secret ?? []);
  const info = encoder.encode(`${label}\n${issuer}`);
  const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, material, 512);
  const bytes = new Uint8Array(bits);
  const key = await crypto.subtle.importKey("raw", bytes.slice(32), "AES-GCM", false, ["encrypt", "decrypt"]);
  return { name: toBase64url(bytes.slice(0, 32)), key };
}

/** AES-256-GCM under a random IV, which comes first. */
export async function seal(text: string, { key }: Seal): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, encoder.encode(text));
  const bytes = new Uint8Array(ivBytes + sealed.byteLength);
  bytes.set(iv);
  bytes.set(new Uint8Array(sealed), ivBytes);
  return toBase64url(bytes);
}

/** Undefined for what this seal did not seal: another token's value, or one that was changed. */
export async function readSealed(sealed: string, { key }: Seal): Promise<string | undefined> {
  const bytes = readBase64url(sealed);
  if (bytes === undefined || bytes.length <= ivBytes) return undefined;
  const iv = new Uint8Array(bytes.subarray(0, ivBytes));
  try {
    const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, new Uint8Array(bytes.subarray(ivBytes)));
    return new TextDecoder().decode(opened);
  } catch {
    return undefined;
  }
}
