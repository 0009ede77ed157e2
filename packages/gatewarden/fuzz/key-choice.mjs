// Which keys of a set a token could mean where jose finds several. Written apart from the library:
// jose says that there is more than one, and these rules say whether that is an end.
import { createPublicKey } from "node:crypto";
import { findKeyRule } from "./key-rules.mjs";

/** @typedef {import("./signers.mjs").Members} Members */

/** How many keys may be tried with a token that names none. */
const mostTries = 4;

/** @type {Readonly<Record<string, (jwk: Members) => boolean>>} */
const types = {
  RS: ({ kty }) => kty === "RSA",
  PS: ({ kty }) => kty === "RSA",
  ES256: ({ crv }) => crv === "P-256",
  ES384: ({ crv }) => crv === "P-384",
  ES512: ({ crv }) => crv === "P-521",
  Ed: ({ crv }) => crv === "Ed25519",
};

/**
 * Keys to try, each once: none where the choice stays open.
 * @param {readonly unknown[]} keySet
 * @param {Members} header
 * @returns {readonly import("node:crypto").KeyObject[]}
 */
export function chooseKeys(keySet, { alg, kid }) {
  const name = String(alg);
  const fits = types[name] ?? types[name.slice(0, 2)] ?? (() => false);
  /** @type {Map<string, import("node:crypto").KeyObject>} */
  const keys = new Map();
  for (const entry of keySet) {
    if (!isUsable(entry) || !fits(entry)) continue;
    if ((kid !== undefined && entry["kid"] !== kid) || (entry["alg"] && entry["alg"] !== alg)) continue;
    const key = createPublicKey({ key: /** @type {never} */ (toMaterial(entry)), format: "jwk" });
    // The same number in other digits is the same key.
    keys.set(key.export({ format: "der", type: "spki" }).toString("hex"), key);
  }
  return keys.size > (kid === undefined ? mostTries : 1) ? [] : [...keys.values()];
}

/** @param {unknown} entry @returns {entry is Members} */
function isUsable(entry) {
  return typeof entry === "object" && entry !== null && !Array.isArray(entry) && findKeyRule(entry) === undefined;
}

/** @param {Members} jwk */
function toMaterial({ kty, n, e, crv, x, y }) {
  if (kty === "RSA") return { kty, n, e };
  return kty === "EC" ? { kty, crv, x, y } : { kty, crv, x };
}
