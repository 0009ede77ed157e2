// DPoP proofs (RFC 9449 §4.2), good and broken, signed by the key that a token is bound to.
import { createHmac, randomUUID } from "node:crypto";
import { accessTokenHash, type DpopKeyPair } from "@modelcontextprotocol/client";

type Members = Readonly<Record<string, unknown>>;

/** What a proof is made of. An undefined member is left out. */
export interface Parts {
  readonly header?: Members;
  readonly claims?: Members;
  /** Changes the signed proof. */
  readonly after?: (proof: string) => string;
  /** Signs with this secret instead of the key. */
  readonly secret?: string;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A proof for a POST of `token` to `url`, with the given parts instead of the right ones. */
export async function createProof(keys: DpopKeyPair, url: string, token: string, parts: Parts): Promise<string> {
  const { header = {}, claims = {}, after = (proof) => proof, secret } = parts;
  const ath = await accessTokenHash(token);
  const right = { htm: "POST", htu: url, iat: Math.floor(Date.now() / 1000), jti: randomUUID(), ath };
  const input = [
    encode({ typ: "dpop+jwt", alg: keys.alg, jwk: keys.publicJwk, ...header }),
    encode({ ...right, ...claims }),
  ].join(".");
  const bytes = Buffer.from(input);
  const signature =
    secret === undefined
      ? Buffer.from(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, keys.privateKey, bytes))
      : createHmac("sha256", secret).update(bytes).digest();
  return after(`${input}.${signature.toString("base64url")}`);
}
