// Token faults that change a signed token as a whole: another signature, none, or encryption.
import { createPublicKey, randomBytes } from "node:crypto";
import {
  base64url,
  CompactEncrypt,
  CompactSign,
  type CryptoKey,
  decodeJwt,
  decodeProtectedHeader,
  generateKeyPair,
  importJWK,
} from "jose";
import type { SigningAlgorithm } from "../config/algorithms.js";
import type { KeyRing, SigningKey } from "../keys/key-ring.js";
import { type FaultsOfToken, shiftTimes } from "./token-faults.js";

type Header = Readonly<Record<string, unknown>> & { readonly alg: string };

/** Changes the claims and the header of a token in place. */
export type Change = (claims: Record<string, unknown>, header: Record<string, unknown>) => void;

/** Breaks tokens that the tenant has signed. */
export class SignatureFaults {
  readonly #keys: KeyRing;
  /**
   * Separate keys, one per algorithm: the signatures of two such tokens come from the same
   * unpublished key.
   */
  readonly #strangers = new Map<SigningAlgorithm, Promise<Stranger>>();

  constructor(keys: KeyRing) {
    this.#keys = keys;
  }

  /** The token, broken by the faults. */
  async break(jwt: string, faults: FaultsOfToken): Promise<string> {
    if (faults.size === 0) return jwt;
    const signed = await this.#breakSignature(jwt, faults);
    return faults.has("encrypted") ? encrypt(signed) : signed;
  }

  /** The same claims at another time. */
  shift(jwt: string, seconds: number): Promise<string> {
    return this.rewrite(jwt, (claims) => shiftTimes(claims, seconds));
  }

  /** The token with other claims or another header, signed with the same key. */
  async rewrite(jwt: string, change: Change): Promise<string> {
    const [header, payload] = [{ ...parseHeader(jwt) }, { ...decodeJwt(jwt) }];
    const key = this.#keyOf(header);
    change(payload, header);
    const signer = new CompactSign(Buffer.from(JSON.stringify(payload)));
    return signer.setProtectedHeader({ ...header, kid: key.kid }).sign(await importJWK(key, key.alg));
  }

  async #breakSignature(jwt: string, faults: FaultsOfToken): Promise<string> {
    const [header, payload] = [parseHeader(jwt), jwt.split(".")[1] ?? ""];
    if (faults.has("alg-none")) return `${base64url.encode(JSON.stringify({ ...header, alg: "none" }))}.${payload}.`;
    const signer = new CompactSign(base64url.decode(payload));
    const hs256 = faults.get("hs256");
    if (hs256 !== undefined) {
      const secret = Buffer.from(hs256.secret ?? this.#publicPem(header));
      return signer.setProtectedHeader({ ...header, alg: "HS256" }).sign(secret);
    }
    if (!faults.has("unknown-key")) return jwt;
    const { kid, key } = await this.#strangerFor(header.alg as SigningAlgorithm);
    return signer.setProtectedHeader({ ...header, kid }).sign(key);
  }

  #strangerFor(algorithm: SigningAlgorithm): Promise<Stranger> {
    const stranger = this.#strangers.get(algorithm) ?? createStranger(algorithm);
    this.#strangers.set(algorithm, stranger);
    return stranger;
  }

  /** The key that signed; or, if it was just replaced, the current one. */
  #keyOf({ alg, kid }: Header): SigningKey {
    const { keys } = this.#keys;
    const key = keys.find((candidate) => candidate.kid === kid) ?? keys.find((candidate) => candidate.alg === alg);
    if (key === undefined) throw new TypeError(`the tenant has no key for ${alg}`);
    return key;
  }

  #publicPem(header: Header): string {
    const key = createPublicKey({ key: { ...this.#keyOf(header) }, format: "jwk" });
    return String(key.export({ type: "spki", format: "pem" }));
  }
}

interface Stranger {
  readonly kid: string;
  readonly key: CryptoKey;
}

async function createStranger(algorithm: SigningAlgorithm): Promise<Stranger> {
  const { privateKey } = await generateKeyPair(algorithm);
  return { kid: randomBytes(16).toString("base64url"), key: privateKey };
}

function parseHeader(jwt: string): Header {
  const header = decodeProtectedHeader(jwt);
  if (header.alg === undefined) throw new TypeError("a signed token has no algorithm");
  return { ...header, alg: header.alg };
}

/** Signs, then encrypts (RFC 7519 §11.2), with a key that is not kept. */
function encrypt(jwt: string): Promise<string> {
  const header = { alg: "dir", enc: "A256GCM", cty: "at+jwt" };
  return new CompactEncrypt(Buffer.from(jwt)).setProtectedHeader(header).encrypt(randomBytes(32));
}
