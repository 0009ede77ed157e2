// What a client with a key of its own computes for DPoP.
import { createHash, randomUUID } from "node:crypto";
import { encode, signText, type TestKey } from "../../../../packages/gatewarden/test/support/forge.js";

const hash = (text: string) => createHash("sha256").update(text).digest("base64url");

/** The thumbprint of a P-256 key (RFC 7638 §3). */
export function thumbprintOf({ jwk: { crv, kty, x, y } }: TestKey): string {
  return hash(JSON.stringify({ crv, kty, x, y }));
}

/** What a proof is for. */
export interface ProofTerms {
  readonly url: string;
  readonly token: string;
  readonly nonce?: string;
}

/** A proof for a GET, made now. */
export function prove({ jwk: { crv, kty, x, y }, privateKey }: TestKey, { url, token, nonce }: ProofTerms): string {
  const iat = Math.floor(Date.now() / 1000);
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: { crv, kty, x, y } };
  const claims = { jti: randomUUID(), htm: "GET", htu: url, iat, ath: hash(token), nonce };
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${signText("ES256", privateKey, input).toString("base64url")}`;
}
