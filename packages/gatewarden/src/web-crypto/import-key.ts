// Keys for Web Crypto: keys that the shared rules accept are checked against their curve, written
// in canonical form, and imported.

import { isOnCurve } from "../keys/curves.js";
import { type KeyMaterial, readIntegerBytes, UnusableKey, type UsableKey } from "../keys/material.js";
import type { VerificationKey } from "../keys/verification-key.js";
import type { AlgorithmRecord } from "../token/algorithms.js";
import { readBase64url, toBase64url } from "../token/base64url.js";
import type { Verify } from "../token/signature.js";
import { createWebVerify, toWebParameters, type WebKey } from "./verify-signature.js";

/**
 * The key with its verifiers. Rejects with `UnusableKey` where the platform does not support it, as
 * old engines do with Ed25519.
 */
export async function prepareKey({ kid, identity, material, fits }: UsableKey): Promise<VerificationKey> {
  const jwk = toCanonical(material);
  const size = readBase64url(jwk["n"] ?? "")?.length ?? 0;
  const importFor = (algorithm: AlgorithmRecord) =>
    crypto.subtle.importKey("jwk", jwk, toWebParameters(algorithm), false, ["verify"]);
  return { kid, identity, verifiers: await prepareAll(fits, importFor, size) };
}

/** Like `prepareKey`, for a shared secret. */
export async function prepareSecret(secret: Uint8Array, fits: readonly AlgorithmRecord[]): Promise<VerificationKey> {
  const bytes = new Uint8Array(secret);
  const importFor = (algorithm: AlgorithmRecord) =>
    crypto.subtle.importKey("raw", bytes, toWebParameters(algorithm), false, ["verify"]);
  return { kid: undefined, identity: "", verifiers: await prepareAll(fits, importFor) };
}

/**
 * One imported key per algorithm, as Web Crypto requires. The first is tested, since some engines
 * check a key only when it is used.
 */
async function prepareAll(
  fits: readonly AlgorithmRecord[],
  importFor: (algorithm: AlgorithmRecord) => Promise<WebKey>,
  modulusLength = 0,
): Promise<ReadonlyMap<string, Verify>> {
  const verifiers = fits.map((algorithm) => {
    const length = algorithm.signatureLength ?? modulusLength;
    let key: Promise<WebKey> | undefined;
    const load = () => (key ??= importFor(algorithm));
    return { name: algorithm.name, length, load, verify: createWebVerify(algorithm, length, load) };
  });
  try {
    const [first] = verifiers;
    await first?.load();
    await first?.verify(new Uint8Array(1), new Uint8Array(first.length));
  } catch (cause) {
    throw new UnusableKey("is not taken by this platform's Web Crypto", { cause });
  }
  return new Map(verifiers.map(({ name, verify }) => [name, verify]));
}

/**
 * Canonical input for the platform: integers without leading zeros, and points only if they are on
 * their curve (CVE-2015-7940 class).
 */
function toCanonical(material: KeyMaterial): KeyMaterial {
  const { kty = "", crv, x = "", y = "" } = material;
  const number = (name: string) => toBase64url(readIntegerBytes(material, name));
  if (kty === "RSA") return { kty, n: number("n"), e: number("e") };
  const first = readBase64url(x) ?? new Uint8Array();
  const isPoint = kty === "OKP" ? first.length === 32 : isOnCurve(crv, first, readBase64url(y) ?? new Uint8Array());
  if (!isPoint) throw new UnusableKey("is not valid key material");
  return material;
}
