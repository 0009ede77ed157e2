// Which keys of a set a token could mean where jose finds several. Written apart from the library:
// jose says that there is more than one, and these rules say whether that is an end.
import { constants, createPublicKey, verify } from "node:crypto";
import { findKeyRule } from "./key-rules.mjs";

/** @typedef {import("./signers.mjs").Members} Members */

/** How many keys may be tried with a token that names none. */
const mostTries = 4;

/** @type {Readonly<Record<string, (jwk: Members) => boolean>>} */
const types = {
  RS: ({ kty }) => kty === "RSA",
  PS: ({ kty }) => kty === "RSA",
  ES256: ({ kty, crv }) => kty === "EC" && crv === "P-256",
  ES384: ({ kty, crv }) => kty === "EC" && crv === "P-384",
  ES512: ({ kty, crv }) => kty === "EC" && crv === "P-521",
  Ed: ({ kty, crv }) => kty === "OKP" && crv === "Ed25519",
};

/** @typedef {{ entry: Members, key: import("node:crypto").KeyObject, identity: string }} FittingKey */

/**
 * The usable keys that fit a header, as often as they are listed.
 * @param {readonly unknown[]} keySet
 * @param {Members} header
 * @returns {readonly FittingKey[]}
 */
export function findFitting(keySet, header) {
  return findMeant(keySet, header)
    .filter((entry) => findKeyRule(entry) === undefined)
    .map((entry) => {
      const key = toKey(entry);
      // The same number in other digits is the same key.
      return { entry, key, identity: key.export({ format: "der", type: "spki" }).toString("hex") };
    });
}

/**
 * The entries of the set that a header could mean, by kid, type and algorithm.
 * @param {readonly unknown[]} keySet
 * @param {Members} header
 */
function findMeant(keySet, { alg, kid }) {
  const name = String(alg);
  const fits = types[name] ?? types[name.slice(0, 2)] ?? (() => false);
  // A kid that is null is absent (RFC 7515 §4.1.4: it is optional).
  return keySet
    .filter(isObject)
    .filter((jwk) => fits(jwk) && (kid ?? jwk["kid"]) === jwk["kid"] && [alg, ""].includes(jwk["alg"] ?? ""));
}

/**
 * The entry that made the signature, among those that the header could mean, usable or not.
 * @param {readonly unknown[]} keySet
 * @param {import("./view.mjs").TokenView} token
 * @param {(entry: Members) => boolean} isSought
 */
export function findSigner(keySet, token, isSought) {
  return findMeant(keySet, token.header).find((entry) => {
    if (!isSought(entry)) return false;
    try {
      return isSignedWith(token, toKey(entry));
    } catch {
      // What makes up no key has signed nothing.
      return false;
    }
  });
}

/**
 * Whether too many different keys fit for one to be chosen.
 * @param {readonly FittingKey[]} fitting
 * @param {Members} header
 */
export function isAmbiguous(fitting, { kid }) {
  return new Set(fitting.map(({ identity }) => identity)).size > ((kid ?? undefined) === undefined ? mostTries : 1);
}

/**
 * Keys to try, each once: none where the choice stays open.
 * @param {readonly unknown[]} keySet
 * @param {Members} header
 */
export function chooseKeys(keySet, header) {
  const fitting = findFitting(keySet, header);
  if (isAmbiguous(fitting, header)) return [];
  return [...new Map(fitting.map(({ identity, key }) => [identity, key])).values()];
}

/**
 * Whether the key made the signature (RFC 7518 §3, RFC 8037 §3.1).
 * @param {import("./view.mjs").TokenView} token
 * @param {import("node:crypto").KeyObject} key
 */
function isSignedWith({ header, parts: [first, second, signature = ""] }, key) {
  const alg = String(header["alg"]);
  const hash = key.asymmetricKeyType === "ed25519" ? null : `sha${alg.slice(2)}`;
  const isPss = alg.startsWith("PS");
  const padding = isPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const options = {
    key,
    dsaEncoding: /** @type {const} */ ("ieee-p1363"),
    ...(key.asymmetricKeyType === "rsa" && { padding }),
    ...(isPss && { saltLength: constants.RSA_PSS_SALTLEN_DIGEST }),
  };
  return verify(hash, Buffer.from(`${first}.${second}`), options, Buffer.from(signature, "base64url"));
}

/** @param {unknown} entry @returns {entry is Members} */
function isObject(entry) {
  return typeof entry === "object" && entry !== null && !Array.isArray(entry);
}

/** @param {Members} jwk */
function toKey({ kty, n, e, crv, x, y }) {
  const material = kty === "RSA" ? { kty, n, e } : kty === "EC" ? { kty, crv, x, y } : { kty, crv, x };
  return createPublicKey({ key: /** @type {never} */ (material), format: "jwk" });
}
