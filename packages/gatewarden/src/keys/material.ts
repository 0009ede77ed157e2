// What a public key must satisfy to be used, on any platform (RFC 7517 §4, RFC 7518 §6, RFC 8037
// §2).
import { type AlgorithmRecord, algorithms } from "../token/algorithms.js";
import { readBase64url, toBase64url } from "../token/base64url.js";
import { type JsonObject, member } from "../token/json.js";
import { hasRocaFingerprint } from "./roca.js";

/** The members of a public key: `kty` with `n` and `e`, `crv`, `x` and `y`, or `crv` and `x`. */
export type KeyMaterial = Readonly<Record<string, string>>;

/** A key that may be used, unless the platform refuses it. */
export interface UsableKey {
  readonly kid: string | undefined;
  /** The required members of its type in canonical spelling (RFC 7638 §3.2). */
  readonly identity: string;
  readonly material: KeyMaterial;
  /** The algorithms that it fits. At least one. */
  readonly fits: readonly AlgorithmRecord[];
}

interface UnusableKeyOptions extends ErrorOptions {
  readonly code?: UnusableKey["code"];
  /** What was found instead of the expected value. */
  readonly found?: unknown;
}

/** Why a key is not used. The message ends a sentence: "the key …". Branch on `code`. */
export class UnusableKey extends Error {
  override readonly name = "UnusableKey";
  readonly code: "private" | "unusable";
  /**
   * A continuation of the message with what was found. Kept apart, because values from a proof must
   * not be repeated (CWE-532).
   */
  readonly found: string;

  constructor(message: string, { code = "unusable", found, ...options }: UnusableKeyOptions = {}) {
    super(message, options);
    this.code = code;
    this.found = found === undefined ? "" : `: ${JSON.stringify(found).slice(0, 66)}`;
  }
}

const minRsaBits = 2048;
const maxRsaBits = 16_384;
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/**
 * The members of a public key, by type. A Map, so that a type called `constructor` is just an
 * unknown one.
 */
const keyMembers: ReadonlyMap<string, readonly string[]> = new Map([
  ["RSA", ["n", "e"]],
  ["EC", ["crv", "x", "y"]],
  ["OKP", ["crv", "x"]],
]);

/**
 * A JSON Web Key that may be used. Throws `UnusableKey` for a key that must not verify signatures.
 */
export function parseJwk(jwk: JsonObject): UsableKey {
  const kid = parseText(jwk, "kid");
  // A secret in a public key set is a leak or an attack, so it is never used (RFC 7517 §9.2;
  // CVE-2024-33663).
  const secret = privateMembers.find((name) => read(jwk, name) !== undefined);
  if (secret !== undefined) throw new UnusableKey(`holds the private member "${secret}"`, { code: "private" });
  refuseOtherUse(jwk);
  const only = parseText(jwk, "alg") || undefined;
  if (only !== undefined && !algorithms.has(only))
    throw new UnusableKey("is for an algorithm that signs no tokens", { found: only });
  return parseMaterial(jwk, { kid, only });
}

/**
 * The key material alone, in a form that all platforms accept, without a JSON Web Key's
 * restrictions on use. Throws `UnusableKey`.
 */
export function parseMaterial(
  jwk: JsonObject,
  { kid, only }: { kid?: string | undefined; only?: string | undefined } = {},
): UsableKey {
  const kty = parseText(jwk, "kty") ?? "";
  if (kty === "") throw new UnusableKey('lacks its type, "kty"');
  const names = keyMembers.get(kty);
  if (names === undefined) throw new UnusableKey("has a type that signs no tokens", { found: kty });
  const material: Record<string, string> = { kty };
  for (const name of names) {
    const value = parseText(jwk, name);
    if (value === undefined) throw new UnusableKey(`lacks "${name}"`);
    if (name !== "crv" && readBase64url(value) === undefined)
      throw new UnusableKey(`has a "${name}" that is not base64url`);
    material[name] = value;
  }
  if (kty === "RSA") {
    refuseWeakKey(material);
    for (const name of ["n", "e"]) material[name] = toBase64url(readIntegerBytes(material, name));
  }
  if (material["crv"] === "Ed25519") refuseSmallOrder(material);
  const fits = [...algorithms.values()].filter(
    ({ name, keyType, curve }) => keyType === kty && curve === material["crv"] && (only ?? name) === name,
  );
  const [first] = fits;
  if (first === undefined) throw new UnusableKey("fits no supported algorithm");
  // Half of an ECDSA signature is as long as a coordinate (RFC 7518 §3.4 and §6.2.1.2).
  if (kty === "EC")
    for (const name of ["x", "y"]) material[name] = toSize(material, name, (first.signatureLength ?? 0) / 2);
  return { kid, identity: Object.values(material).join(), material, fits };
}

/**
 * The integer in exactly `size` bytes. Some servers omit leading zeros or add one; platforms differ
 * in whether they accept that.
 */
function toSize(material: KeyMaterial, name: string, size: number): string {
  const bytes = readIntegerBytes(material, name);
  if (bytes.length > size) throw new UnusableKey("is not valid key material");
  const padded = new Uint8Array(size);
  padded.set(bytes, size - bytes.length);
  return toBase64url(padded);
}

/** A key for encryption, or for signing only, is not used to verify (RFC 7517 §4.2 and §4.3). */
function refuseOtherUse(jwk: JsonObject): void {
  const use = parseText(jwk, "use") || "sig";
  if (use !== "sig") throw new UnusableKey(`has "use" other than "sig"`, { found: use });
  const found = read(jwk, "key_ops");
  if (found === undefined || (Array.isArray(found) && found.includes("verify"))) return;
  // An empty list allows nothing: Web Crypto writes one for ECDH public keys.
  throw new UnusableKey(`lacks "verify" in "key_ops"`, { found });
}

/**
 * RSA keys must be long enough and have a sound exponent (RFC 7518 §3.3 and §3.5); with e = 1
 * anyone can sign.
 */
function refuseWeakKey(material: KeyMaterial): void {
  const modulus = readIntegerBytes(material, "n");
  // The highest bits of the first byte may be zero; `clz32` counts in 32 bits.
  const [first = 0] = modulus;
  const bits = modulus.length * 8 - (first === 0 ? 0 : Math.clz32(first) - 24);
  if (bits < minRsaBits) throw new UnusableKey(`has ${bits} bits; RSA needs ${minRsaBits}`);
  if (bits > maxRsaBits) throw new UnusableKey(`has more than ${maxRsaBits} bits`);
  const exponent = readIntegerBytes(material, "e");
  const last = exponent.at(-1) ?? 0;
  if (last % 2 === 0 || (exponent.length === 1 && last < 3)) throw new UnusableKey("has an even or too small exponent");
  if (hasRocaFingerprint(BigInt(`0x${toHex(modulus)}`)))
    throw new UnusableKey("can be factored (ROCA, CVE-2017-15361)");
}

/** The bytes of an integer, without leading zeros. */
export function readIntegerBytes(material: KeyMaterial, name: string): Uint8Array {
  const bytes = readBase64url(material[name] ?? "") ?? new Uint8Array();
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? new Uint8Array() : bytes.subarray(first);
}

/**
 * Points of small order verify signatures that no one made, so they are refused (RFC 8032 §8.9, RFC
 * 7748 §7).
 */
function refuseSmallOrder(material: KeyMaterial): void {
  const bytes = readBase64url(material["x"] ?? "") ?? [];
  const y = toHex([...bytes].map((byte, index) => (index === 31 ? byte & 0x7f : byte)));
  if (smallOrderPoints.has(y)) throw new UnusableKey("is a point of small order");
}

/** Two hex digits per byte. */
export function toHex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * y coordinates, little-endian, sign bit cleared, of the points of order 1, 2, 4 and 8, in every
 * encoding that fits.
 */
const smallOrderPoints: ReadonlySet<string> = new Set([
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
]);

/** Null counts as absent: some serialisers write it for missing values. */
function read(jwk: JsonObject, name: string): unknown {
  return member(jwk, name) ?? undefined;
}

function parseText(jwk: JsonObject, name: string): string | undefined {
  const found = read(jwk, name);
  if (found === undefined || typeof found === "string") return found;
  throw new UnusableKey(`has a "${name}" that is not text`, { found });
}
