// A public key from PEM by Web Crypto, which must be told the algorithm before it reads the key.
import { readBase64 } from "../token/base64url.js";
import type { JsonObject } from "../token/json.js";
import { UnusableKey } from "./material.js";

const pemBody = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/;

const candidates = [
  { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  ...["P-256", "P-384", "P-521"].map((namedCurve) => ({ name: "ECDSA", namedCurve })),
  { name: "Ed25519" },
];

/** The key as a JSON Web Key. Rejects with `UnusableKey`. */
export async function readPem(pem: string): Promise<JsonObject> {
  const der = readBase64(pemBody.exec(pem)?.[1]?.replace(/\s/g, "") ?? "");
  if (!der?.length) throw new UnusableKey("is not PEM of the kind PUBLIC KEY, the only one that Web Crypto reads");
  for (const candidate of candidates) {
    try {
      const key = await crypto.subtle.importKey("spki", new Uint8Array(der), candidate, true, ["verify"]);
      return (await crypto.subtle.exportKey("jwk", key)) as JsonObject;
    } catch {
      // Another algorithm's key, or none at all: the next one is tried.
    }
  }
  throw new UnusableKey("is not valid key material");
}
