// A token with three faults, signed in this page by a key that is made for it. No issuer knows it.
import type { Pasted } from "./explain-pasted.js";

const issuer = "https://login.example.com/";
const audience = "https://api.example.com";
const algorithm = { name: "ECDSA", namedCurve: "P-256" };

/** The fields of the form, filled. */
export async function createExample(): Promise<Pasted> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const kid = "example-1";
  const now = Math.floor(Date.now() / 1000);
  const signed = [
    { alg: "ES256", typ: "at+jwt", kid },
    {
      iss: issuer,
      sub: "auth0|alice",
      aud: `${audience}/`,
      iat: now - 4200,
      exp: now - 600,
      jti: "3f9a",
      client_id: "shop",
      scope: "openid profile",
      permissions: ["read:reports"],
    },
  ]
    .map((part) => toBase64url(new TextEncoder().encode(JSON.stringify(part))))
    .join(".");
  const signing = { name: "ECDSA", hash: "SHA-256" };
  const signature = await crypto.subtle.sign(signing, privateKey, new TextEncoder().encode(signed));
  const keys = JSON.stringify({ keys: [{ kty, crv, x, y, kid, alg: "ES256", use: "sig" }] }, undefined, 2);
  return {
    text: `${signed}.${toBase64url(new Uint8Array(signature))}`,
    issuer,
    audience,
    keys,
    permission: "read:admin",
  };
}

function toBase64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
