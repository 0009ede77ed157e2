// Prepares verifiers: turns key material into a function once, so that a request only calls it.

import { hasTime, type PooledVerify, verifyLater } from "../fast/event-loop-budget.js";
import type { Awaitable } from "../platform/awaitable.js";
import { builtin, isWorkerd } from "../platform/runtime.js";
import type { AlgorithmRecord } from "./algorithms.js";

/** Whether the key that this function was prepared for made the signature over the data. */
export type Verify = (data: Uint8Array, signature: Uint8Array) => Awaitable<boolean>;

type NodeCrypto = typeof import("node:crypto");
type KeyObject = import("node:crypto").KeyObject;

let crypto: NodeCrypto | undefined;
let isCryptoKnown = false;

/**
 * Node's crypto, or undefined on hosts without it. workerd's copy has no `KeyObject` for verifying,
 * so Web Crypto is used there. Loaded on first use, since loading takes a fifth of the library's
 * import time.
 */
export function nodeCrypto(): NodeCrypto | undefined {
  if (!isCryptoKnown) crypto = isWorkerd ? undefined : builtin("node:crypto");
  isCryptoKnown = true;
  return crypto;
}

/**
 * A verifier for a public key. Synchronous, without a promise, as long as the event loop has time
 * (`event-loop-budget.ts`).
 */
export function createVerify(crypto: NodeCrypto, key: KeyObject, algorithm: AlgorithmRecord): Verify {
  const hash = algorithm.hash ?? "";
  const options = {
    ...(algorithm.keyType === "EC" && { dsaEncoding: "ieee-p1363" as const }),
    ...(algorithm.pss && {
      padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
      saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST,
    }),
  };
  const parameters = { key, ...options };
  // RSA signatures are as long as the modulus (RFC 8017 §8.2.2); ECDSA and EdDSA signatures have a
  // fixed length (RFC 7518 §3.4, RFC 8032 §5.1.7). OpenSSL itself refuses r or s outside [1, n-1]
  // (CVE-2022-21449) and a non-canonical S.
  const length = algorithm.signatureLength ?? Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  // EdDSA hashes internally and supports only one call. For the others two steps take less time
  // than one (bench/README.md).
  const verify: (data: Uint8Array, signature: Uint8Array) => boolean =
    algorithm.hash === undefined
      ? (data, signature) => crypto.verify(null, data, parameters, signature)
      : (data, signature) => crypto.createVerify(hash).update(data).verify(parameters, signature);
  const pooled: PooledVerify = (data, signature, done) =>
    crypto.verify(algorithm.hash ?? null, data, parameters, signature, done);
  return (data, signature) => {
    if (signature.length !== length) return false;
    return hasTime() ? verify(data, signature) : verifyLater(verify, pooled, data, signature);
  };
}

/** A verifier for a shared secret, compared in constant time (RFC 7518 §3.2). */
export function createVerifyHmac(crypto: NodeCrypto, secret: KeyObject, algorithm: AlgorithmRecord): Verify {
  const hash = algorithm.hash ?? "sha256";
  return (data, signature) => {
    const expected = crypto.createHmac(hash, secret).update(data).digest();
    return signature.length === expected.length && crypto.timingSafeEqual(expected, signature);
  };
}
