// Why a key of a set is not used, each with the name under which a difference is counted. Written apart from the library.
import { createPublicKey } from "node:crypto";
import { isCanonical } from "./view.mjs";

/** @typedef {import("./signers.mjs").Members} Members */

/** @type {ReadonlyMap<unknown, readonly string[]>} */
const required = new Map([
  ["RSA", ["n", "e"]],
  ["EC", ["crv", "x", "y"]],
  ["OKP", ["crv", "x"]],
]);

/** The members that make up a key of its type. All others that the RFC does not name mean nothing (RFC 7517 §4). @param {Members} jwk */
const namesOf = ({ kty }) => required.get(kty) ?? [];
const secretMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const metadata = ["kid", "kty", "use", "alg"];

/** Null says as little as a member that is not there. @param {unknown} value */
const says = (value) => value !== undefined && value !== null;

export const idleMembers = "a key's members that are null or empty say nothing (RFC 7517 §4)";
export const spareMembers = "a key may have other operations beside verify, and ext is not read (RFC 7517 §4.3)";

/**
 * Whether a member is there that says nothing: null, or no text where text is optional.
 * @param {unknown} jwk
 */
export function hasIdleMembers(jwk) {
  const members = /** @type {Members} */ (jwk ?? {});
  const isNull = [...secretMembers, ...metadata, "key_ops"].some((name) => members[name] === null);
  return isNull || members["use"] === "" || members["alg"] === "";
}

/** @param {unknown} jwk */
export function hasSpareMembers(jwk) {
  const { key_ops: operations, ext } = /** @type {Members} */ (jwk ?? {});
  return (Array.isArray(operations) && operations.length > 1) || (ext !== undefined && typeof ext !== "boolean");
}

/** @type {Readonly<Record<string, (jwk: Members) => boolean>>} */
const keyRules = {
  "a key holds no private or secret member (RFC 7517 §9.2)": (jwk) => secretMembers.some((name) => says(jwk[name])),
  "a key's metadata has its types (RFC 7517 §4)": (jwk) =>
    [...metadata, ...namesOf(jwk)].some((name) => says(jwk[name]) && typeof jwk[name] !== "string"),
  "a key is for signatures (RFC 7517 §4.2, §4.3)": ({ use, key_ops: operations }) =>
    (says(use) && use !== "" && use !== "sig") ||
    (says(operations) && !(Array.isArray(operations) && operations.includes("verify"))),
  "a key's material is canonical base64url (RFC 7518 §6)": (jwk) =>
    namesOf(jwk).some((name) => name !== "crv" && !isCanonical(String(jwk[name]))),
  "an RSA key has at least 2048 bits (RFC 7518 §3.3)": (jwk) =>
    jwk["kty"] === "RSA" && toNumber(jwk["n"]) < 2n ** 2047n,
  "an RSA exponent is odd and at least 3 (RFC 8017 §3.1)": (jwk) =>
    jwk["kty"] === "RSA" && (toNumber(jwk["e"]) < 3n || toNumber(jwk["e"]) % 2n === 0n),
  "an Ed25519 key is no point of small order (RFC 8032 §8.9)": (jwk) =>
    jwk["crv"] === "Ed25519" && /^AQA*$/.test(String(jwk["x"])),
  "a key's material makes up a key of its type (RFC 7518 §6)": (jwk) => !makesKey(jwk),
};

/** @param {Members} jwk */
function makesKey(jwk) {
  const material = Object.fromEntries(["kty", ...namesOf(jwk)].map((name) => [name, jwk[name]]));
  try {
    return createPublicKey({ key: /** @type {never} */ (material), format: "jwk" }) !== undefined;
  } catch {
    return false;
  }
}

/**
 * The rule that rules the key out, if any.
 * @param {unknown} jwk
 */
export function findKeyRule(jwk) {
  if (typeof jwk !== "object" || jwk === null || Array.isArray(jwk)) return undefined;
  return Object.entries(keyRules).find(([, applies]) => applies(/** @type {Members} */ (jwk)))?.[0];
}

const rsaNames = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
/** What a key verifies, by its curve (RFC 7518 §3.4, RFC 8037 §3.1). @type {ReadonlyMap<string, readonly unknown[]>} */
const curveNames = new Map([
  ["EC P-256", ["ES256"]],
  ["EC P-384", ["ES384"]],
  ["EC P-521", ["ES512"]],
  ["OKP Ed25519", ["EdDSA", "Ed25519"]],
]);

/**
 * Whether no token's algorithm is one of the entry's: other types, other curves, another `alg`.
 * @param {unknown} jwk
 */
export function fitsNoAlgorithm(jwk) {
  const { kty, crv, alg } = /** @type {Members} */ (jwk ?? {});
  const names = kty === "RSA" ? rsaNames : (curveNames.get(`${kty} ${crv}`) ?? []);
  return !names.some((name) => !says(alg) || alg === "" || alg === name);
}

/** @param {unknown} text */
function toNumber(text) {
  return BigInt(`0x${Buffer.from(String(text), "base64url").toString("hex") || "0"}`);
}
