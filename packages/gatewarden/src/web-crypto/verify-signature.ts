// Signatures by Web Crypto, with the checks that some engines leave out. Loaded only where Node's
// crypto is missing.
import type { AlgorithmRecord } from "../token/algorithms.js";
import type { Verify } from "../token/signature.js";

/** The platform's key type, independent of the type library. */
export type WebKey = Parameters<typeof crypto.subtle.verify>[1];

/** Web Crypto's parameters of an algorithm, for importing a key and for verifying. */
export interface WebParameters {
  readonly name: string;
  readonly hash?: string;
  readonly namedCurve?: string;
  readonly saltLength?: number;
}

const names: Readonly<Record<AlgorithmRecord["keyType"], string>> = {
  RSA: "RSASSA-PKCS1-v1_5",
  EC: "ECDSA",
  OKP: "Ed25519",
  oct: "HMAC",
};

/** The algorithm in Web Crypto's terms. */
export function toWebParameters({ keyType, hash, curve, pss }: AlgorithmRecord): WebParameters {
  const bits = hash?.slice(3);
  return {
    name: pss ? "RSA-PSS" : names[keyType],
    ...(bits !== undefined && { hash: `SHA-${bits}` }),
    ...(keyType === "EC" && curve !== undefined && { namedCurve: curve }),
    ...(pss && { saltLength: Number(bits) / 8 }),
  };
}

/**
 * A verifier for signatures of exactly `length` bytes. `load` returns the key, imported for this
 * algorithm.
 */
export function createWebVerify(algorithm: AlgorithmRecord, length: number, load: () => Promise<WebKey>): Verify {
  const parameters = toWebParameters(algorithm);
  return async (data, signature) => {
    if (signature.length !== length || !isInRange(signature, algorithm)) return false;
    // The bytes are valid only until this function first waits, and the key may still be loading.
    const [ownData, ownSignature] = [new Uint8Array(data), new Uint8Array(signature)];
    return crypto.subtle.verify(parameters, await load(), ownSignature, ownData);
  };
}

/** The orders of the groups (SEC 2 §2.4 to §2.6, RFC 8032 §5.1). */
const orders: ReadonlyMap<AlgorithmRecord["curve"], bigint> = new Map([
  ["P-256", 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n],
  ["P-384", 2n ** 384n - 0x389cb27e0bc8d220a7e5f24db74f58851313e695333ad68dn],
  ["P-521", 2n ** 521n - 0x5ae79787c40d069948033feb708f65a2fc44a36477663b851449048e16ec79bf7n],
  ["Ed25519", 2n ** 252n + 27742317777372353535851937790883648493n],
] as const);

/**
 * r and s of ECDSA are in [1, n-1] (CVE-2022-21449), and S of EdDSA is below L, so a signature has
 * one spelling (RFC 8032 §5.1.7).
 */
function isInRange(signature: Uint8Array, { curve }: AlgorithmRecord): boolean {
  const order = orders.get(curve);
  if (order === undefined) return true;
  const half = signature.length / 2;
  const second = signature.subarray(half);
  if (curve === "Ed25519") return toBigInteger(second.toReversed()) < order;
  return [signature.subarray(0, half), second].map(toBigInteger).every((number) => number > 0n && number < order);
}

/** The integer that the bytes encode, big-endian. */
export function toBigInteger(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
