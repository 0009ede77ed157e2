// A public key from PEM by Web Crypto, which requires the algorithm before it reads the key.

import { toHex, UnusableKey } from "../keys/material.js";
import { readBase64 } from "../token/base64url.js";
import type { JsonObject } from "../token/json.js";

const pemBody = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/;

const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const ecdsa = (namedCurve: string) => ({ name: "ECDSA", namedCurve });

/**
 * The algorithm identifiers in a key's first bytes, and the parameters for Web Crypto (RFC 3279
 * §2.3, RFC 5480 §2.1, RFC 8410 §3).
 */
const kinds = [
  ["06092a864886f70d010101", rsa],
  ["06072a8648ce3d020106082a8648ce3d030107", ecdsa("P-256")],
  ["06072a8648ce3d020106052b81040022", ecdsa("P-384")],
  ["06072a8648ce3d020106052b81040023", ecdsa("P-521")],
  ["302a300506032b6570", { name: "Ed25519" }],
] as const;

/** The key as a JSON Web Key. Rejects with `UnusableKey`. */
export async function parsePem(pem: string): Promise<JsonObject> {
  const der = readBase64(pemBody.exec(pem)?.[1]?.replace(/\s/g, "") ?? "");
  if (!der?.length) throw new UnusableKey("is not PEM of the kind PUBLIC KEY, the only one that Web Crypto reads");
  // Determined here: some engines accept an X25519 key as an Ed25519 one.
  const start = toHex(der.subarray(0, 32));
  const kind = kinds.find(([identifier]) => start.includes(identifier));
  if (!kind) throw new UnusableKey("fits no supported algorithm");
  try {
    const key = await crypto.subtle.importKey("spki", new Uint8Array(der), kind[1], true, ["verify"]);
    return (await crypto.subtle.exportKey("jwk", key)) as JsonObject;
  } catch (cause) {
    throw new UnusableKey("is not valid key material", { cause });
  }
}
