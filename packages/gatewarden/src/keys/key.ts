// One key: turns key material into verifiers once, not per request. Synchronous with Node's crypto,
// asynchronous with Web Crypto.
import { createVerifyHmacWithScratch } from "../fast/verify-hmac.js";
import type { Awaitable } from "../platform/awaitable.js";
import { algorithms } from "../token/algorithms.js";
import type { JsonObject } from "../token/json.js";
import { createVerify, nodeCrypto } from "../token/signature.js";
import { parseJwk, parseMaterial, UnusableKey, type UsableKey } from "./material.js";
import type { VerificationKey } from "./verification-key.js";

type KeyObject = import("node:crypto").KeyObject;
type NodeCrypto = NonNullable<ReturnType<typeof nodeCrypto>>;

/**
 * A key from a JSON Web Key. Throws, or rejects with, `UnusableKey` for a key that must not verify
 * signatures.
 */
export function importJwk(jwk: JsonObject): Awaitable<VerificationKey> {
  const usable = parseJwk(jwk);
  const crypto = nodeCrypto();
  return crypto ? prepare(crypto, usable, createKeyObject(crypto, usable)) : prepareWithWebCrypto(usable);
}

/** A key from a public `KeyObject`, as the developer configured it. Throws `UnusableKey`. */
export function importPublicKey(key: KeyObject): VerificationKey {
  const crypto = nodeCrypto();
  if (!crypto) throw new UnusableKey("is a KeyObject, which this platform lacks");
  let jwk: JsonObject;
  try {
    jwk = key.export({ format: "jwk" }) as JsonObject;
  } catch (cause) {
    throw new UnusableKey("fits no supported algorithm", { cause });
  }
  return prepare(crypto, parseMaterial(jwk), key);
}

/** A key from PEM text. Throws, or rejects with, `UnusableKey`. */
export function importPem(pem: string): Awaitable<VerificationKey> {
  if (pem.includes("PRIVATE KEY")) throw new UnusableKey("is a private key, which an API must not hold");
  const crypto = nodeCrypto();
  if (crypto) return importPublicKey(crypto.createPublicKey(pem));
  return import("../web-crypto/pem.js").then(async ({ parsePem }) =>
    prepareWithWebCrypto(parseMaterial(await parsePem(pem))),
  );
}

/**
 * A key from a shared secret. It fits the HMAC algorithms whose hash is not longer than the secret
 * (RFC 7518 §3.2); no other key fits those (CVE-2016-10555).
 */
export function importSecret(secret: Uint8Array): Awaitable<VerificationKey> {
  const fits = [...algorithms.values()].filter(
    ({ keyType, signatureLength = 0 }) => keyType === "oct" && secret.length >= signatureLength,
  );
  const crypto = nodeCrypto();
  if (!crypto) return import("../web-crypto/import-key.js").then(({ prepareSecret }) => prepareSecret(secret, fits));
  const key = crypto.createSecretKey(secret);
  return {
    kid: undefined,
    identity: "",
    verifiers: new Map(fits.map((algorithm) => [algorithm.name, createVerifyHmacWithScratch(crypto, key, algorithm)])),
  };
}

function prepare(crypto: NodeCrypto, { kid, identity, fits }: UsableKey, key: KeyObject): VerificationKey {
  return {
    kid,
    identity,
    verifiers: new Map(fits.map((algorithm) => [algorithm.name, createVerify(crypto, key, algorithm)])),
  };
}

/** Loaded on demand: servers on Node.js never load it. */
async function prepareWithWebCrypto(key: UsableKey): Promise<VerificationKey> {
  const { prepareKey } = await import("../web-crypto/import-key.js");
  return prepareKey(key);
}

function createKeyObject(crypto: NodeCrypto, { material }: UsableKey): KeyObject {
  try {
    // Refuses points that are not on their curve (CVE-2015-7940 class).
    return crypto.createPublicKey({ key: material, format: "jwk" });
  } catch (cause) {
    throw new UnusableKey("is not valid key material", { cause });
  }
}
