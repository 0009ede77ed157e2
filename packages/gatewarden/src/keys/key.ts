// One key: key material checked and turned into verifiers, at once and not per request (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
import { type AlgorithmRecord, algorithms } from "../token/algorithms.js";
import { readBase64url } from "../token/base64url.js";
import type { JsonObject } from "../token/json.js";
import { member } from "../token/json.js";
import { createVerify, createVerifyHmac, nodeCrypto, type Verify } from "../token/signature.js";
import { hasRocaFingerprint } from "./roca.js";

type KeyObject = import("node:crypto").KeyObject;

/** A key that can verify signatures, with one prepared verifier per algorithm that it fits. */
export interface VerificationKey {
  readonly kid: string | undefined;
  readonly verifiers: ReadonlyMap<string, Verify>;
}

/** Why a key is not used. A sentence's end: "the key …". */
export class UnusableKey extends Error {
  override readonly name = "UnusableKey";
}

const minRsaBits = 2048;
const maxRsaBits = 16_384;
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/** A key from a JSON Web Key. Throws `UnusableKey` for whatever must not verify signatures. */
export function importJwk(jwk: JsonObject): VerificationKey {
  const kid = readText(jwk, "kid");
  // A secret in a public key set is a leak or an attack: it is never used (RFC 7517 §9.2; CVE-2024-33663).
  const secret = privateMembers.find((name) => Object.hasOwn(jwk, name));
  if (secret !== undefined) throw new UnusableKey(`holds the private member "${secret}"`);
  checkUse(jwk);
  const key = createKeyObject(jwk);
  const only = readText(jwk, "alg");
  if (only !== undefined && !algorithms.has(only)) throw new UnusableKey("is for an algorithm that signs no tokens");
  return createKey(kid, key, (algorithm) => only === undefined || only === algorithm.name);
}

/** A key from a public `KeyObject`, as the developer configured it. Throws `UnusableKey`. */
export function importPublicKey(key: KeyObject, kid?: string): VerificationKey {
  return createKey(kid, key, () => true);
}

/** A key from a shared secret. It fits HMAC algorithms only, and nothing else ever fits those (CVE-2016-10555). */
export function importSecret(secret: Uint8Array): VerificationKey {
  const crypto = requireCrypto();
  const key = crypto.createSecretKey(secret);
  const fits = [...algorithms.values()].filter((algorithm) => algorithm.keyType === "oct");
  return {
    kid: undefined,
    verifiers: new Map(fits.map((algorithm) => [algorithm.name, createVerifyHmac(crypto, key, algorithm)])),
  };
}

function createKey(
  kid: string | undefined,
  key: KeyObject,
  allows: (algorithm: AlgorithmRecord) => boolean,
): VerificationKey {
  const crypto = requireCrypto();
  checkStrength(key);
  const fits = [...algorithms.values()].filter((algorithm) => fitsKey(algorithm, key) && allows(algorithm));
  if (fits.length === 0) throw new UnusableKey("fits no supported algorithm");
  return { kid, verifiers: new Map(fits.map((algorithm) => [algorithm.name, createVerify(crypto, key, algorithm)])) };
}

/** A key meant for encryption, or for signing only, verifies nothing (RFC 7517 §4.2 and §4.3). */
function checkUse(jwk: JsonObject): void {
  const use = readText(jwk, "use");
  if (use !== undefined && use !== "sig") throw new UnusableKey(`has "use" other than "sig"`);
  const operations = member(jwk, "key_ops");
  if (operations === undefined) return;
  if (!Array.isArray(operations) || !operations.includes("verify"))
    throw new UnusableKey(`lacks "verify" in "key_ops"`);
}

/** What makes up a public key, by type. A Map, so that a type called `constructor` is just an unknown one. */
const keyMembers: ReadonlyMap<string, readonly string[]> = new Map([
  ["RSA", ["n", "e"]],
  ["EC", ["crv", "x", "y"]],
  ["OKP", ["crv", "x"]],
]);

function createKeyObject(jwk: JsonObject): KeyObject {
  const names = keyMembers.get(readText(jwk, "kty") ?? "");
  if (names === undefined) throw new UnusableKey("has a type that signs no tokens");
  const material: Record<string, unknown> = { kty: jwk["kty"] };
  for (const name of names) {
    const value = readText(jwk, name);
    if (value === undefined) throw new UnusableKey(`lacks "${name}"`);
    if (name !== "crv" && readBase64url(value) === undefined)
      throw new UnusableKey(`has a "${name}" that is not base64url`);
    material[name] = value;
  }
  try {
    // Refuses points that are not on their curve (CVE-2015-7940 class).
    return requireCrypto().createPublicKey({ key: material, format: "jwk" });
  } catch (cause) {
    throw new UnusableKey("is not valid key material", { cause });
  }
}

function fitsKey(algorithm: AlgorithmRecord, key: KeyObject): boolean {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return algorithm.keyType === "RSA";
    case "ec":
      return algorithm.keyType === "EC" && curves.get(key.asymmetricKeyDetails?.namedCurve ?? "") === algorithm.curve;
    case "ed25519":
      return algorithm.curve === "Ed25519";
    default:
      return false;
  }
}

const curves: ReadonlyMap<string, AlgorithmRecord["curve"]> = new Map([
  ["prime256v1", "P-256"],
  ["secp384r1", "P-384"],
  ["secp521r1", "P-521"],
]);

/** RSA keys are long enough and have a sane exponent (RFC 7518 §3.3 and §3.5); with e = 1 anybody can sign. */
function checkStrength(key: KeyObject): void {
  if (key.asymmetricKeyType === "ed25519") checkPoint(key);
  if (key.asymmetricKeyType !== "rsa") return;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < minRsaBits) throw new UnusableKey(`has ${modulusLength} bits; RSA needs ${minRsaBits}`);
  if (modulusLength > maxRsaBits) throw new UnusableKey(`has more than ${maxRsaBits} bits`);
  if (publicExponent < 3n || publicExponent % 2n === 0n) throw new UnusableKey("has an even or too small exponent");
  if (hasRocaFingerprint(readModulus(key))) throw new UnusableKey("can be factored (ROCA, CVE-2017-15361)");
}

function readModulus(key: KeyObject): bigint {
  const { n = "" } = key.export({ format: "jwk" }) as { n?: string };
  return BigInt(`0x${toHex(readBase64url(n) ?? [])}`);
}

/** Points of small order verify signatures that nobody made, so they are no keys (RFC 8032 §8.9, RFC 7748 §7). */
function checkPoint(key: KeyObject): void {
  const { x = "" } = key.export({ format: "jwk" }) as { x?: string };
  const bytes = readBase64url(x) ?? new Uint8Array();
  const y = toHex([...bytes].map((byte, index) => (index === 31 ? byte & 0x7f : byte)));
  if (smallOrderPoints.has(y)) throw new UnusableKey("is a point of small order");
}

function toHex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** y coordinates, little-endian, sign bit cleared, of the points of order 1, 2, 4 and 8, in every encoding that fits. */
const smallOrderPoints: ReadonlySet<string> = new Set([
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
]);

function readText(jwk: JsonObject, name: string): string | undefined {
  const value = member(jwk, name);
  if (value === undefined || typeof value === "string") return value;
  throw new UnusableKey(`has a "${name}" that is not text`);
}

function requireCrypto(): NonNullable<typeof nodeCrypto> {
  if (nodeCrypto) return nodeCrypto;
  throw new UnusableKey("cannot be used on this platform, which lacks node:crypto");
}
