// Keys for Web Crypto: what the shared rules let through is held against the curve, written in one canonical form, and imported.
import type { AlgorithmRecord } from "../token/algorithms.js";
import { readBase64url, toBase64url } from "../token/base64url.js";
import type { Verify } from "../token/signature.js";
import { createWebVerify, toNumber, toWebParameters } from "../token/web-signature.js";
import { sizeOnCurve } from "./curves.js";
import type { VerificationKey } from "./key.js";
import { type KeyMaterial, readNumber, UnusableKey, type UsableKey } from "./material.js";

type CryptoKey = import("node:crypto").webcrypto.CryptoKey;

/** The key with its verifiers. Rejects with `UnusableKey` where the platform does not take it, as old engines do with Ed25519. */
export async function prepareKey({ kid, material, fits }: UsableKey): Promise<VerificationKey> {
  const jwk = toCanonical(material);
  const size = readBase64url(jwk["n"] ?? "")?.length ?? 0;
  const importFor = (algorithm: AlgorithmRecord) =>
    crypto.subtle.importKey("jwk", jwk, toWebParameters(algorithm), false, ["verify"]);
  return { kid, verifiers: await prepareAll(fits, importFor, size) };
}

/** As `prepareKey`, for a shared secret. */
export async function prepareSecret(secret: Uint8Array, fits: readonly AlgorithmRecord[]): Promise<VerificationKey> {
  const bytes = new Uint8Array(secret);
  const importFor = (algorithm: AlgorithmRecord) =>
    crypto.subtle.importKey("raw", bytes, toWebParameters(algorithm), false, ["verify"]);
  return { kid: undefined, verifiers: await prepareAll(fits, importFor, 0) };
}

/** One imported key per algorithm, as Web Crypto wants it. The first shows that the platform takes the key; the others follow when used. */
async function prepareAll(
  fits: readonly AlgorithmRecord[],
  importFor: (algorithm: AlgorithmRecord) => Promise<CryptoKey>,
  modulusLength: number,
): Promise<ReadonlyMap<string, Verify>> {
  const loads = fits.map((algorithm) => {
    let key: Promise<CryptoKey> | undefined;
    return () => (key ??= importFor(algorithm));
  });
  try {
    await loads[0]?.();
  } catch (cause) {
    throw new UnusableKey("is not taken by this platform's Web Crypto", { cause });
  }
  return new Map(
    fits.map((algorithm, index) => {
      const load = loads[index] as () => Promise<CryptoKey>;
      return [algorithm.name, createWebVerify(algorithm, algorithm.signatureLength ?? modulusLength, load)];
    }),
  );
}

/** The same key as Node's crypto would read it: numbers may have zeros in front or lack them, points are on their curve (CVE-2015-7940 class). */
function toCanonical(material: KeyMaterial): KeyMaterial {
  const { kty = "", crv } = material;
  if (kty === "RSA")
    return { kty, n: toBase64url(readNumber(material, "n")), e: toBase64url(readNumber(material, "e")) };
  const x = readBase64url(material["x"] ?? "") ?? new Uint8Array();
  if (kty === "OKP") {
    if (x.length !== 32) throw invalid();
    return material;
  }
  const point = [readNumber(material, "x"), readNumber(material, "y")] as const;
  // No coordinate is longer than that; longer ones would only take time.
  if (point.some(({ length }) => length > 66)) throw invalid();
  const size = sizeOnCurve(crv, toNumber(point[0]), toNumber(point[1]));
  if (size === undefined) throw invalid();
  const [first, second] = point.map((bytes) => toBase64url(pad(bytes, size)));
  return { kty, crv: crv ?? "", x: first ?? "", y: second ?? "" };
}

function pad(bytes: Uint8Array, size: number): Uint8Array {
  const padded = new Uint8Array(size);
  padded.set(bytes, size - bytes.length);
  return padded;
}

function invalid(): UnusableKey {
  return new UnusableKey("is not valid key material");
}
