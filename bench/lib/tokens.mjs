// Keys and access tokens as an issuer makes them: RFC 9068 tokens with permissions, about 1,078 characters long with RS256.
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
} from "node:crypto";

export const issuer = "https://bench.eu.example.test/";
export const audience = "https://api.example.test/";

/** @typedef {"RS256" | "PS256" | "ES256" | "EdDSA" | "HS256"} AlgorithmName */

/**
 * @typedef {object} SigningKey
 * @property {AlgorithmName} alg
 * @property {string} kid
 * @property {import("node:crypto").KeyObject | undefined} publicKey
 * @property {import("node:crypto").KeyObject | undefined} privateKey
 * @property {string} pem The public key, or "" for a secret.
 * @property {Record<string, unknown>} jwk The public key, or an empty object for a secret.
 * @property {Buffer} secret
 */

/**
 * @param {AlgorithmName} alg
 * @returns {SigningKey}
 */
export function createKey(alg, kid = `bench-${alg.toLowerCase()}-2026-11-01`) {
  const secret = Buffer.from(randomBytes(24).toString("base64"));
  if (alg === "HS256") return { alg, kid, publicKey: undefined, privateKey: undefined, pem: "", jwk: {}, secret };
  const { publicKey, privateKey } = generatePair(alg);
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, alg, use: "sig" };
  return {
    alg,
    kid,
    publicKey,
    privateKey,
    pem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    jwk,
    secret,
  };
}

const publicKeyEncoding = /** @type {const} */ ({ type: "spki", format: "pem" });
const privateKeyEncoding = /** @type {const} */ ({ type: "pkcs8", format: "pem" });

/**
 * By way of PEM: an export of a generated key holds a lock of Node.js 20 that its garbage collector may wait for, forever. Seen once, among
 * 1,000 keys.
 * @param {AlgorithmName} alg
 */
function generatePair(alg) {
  const { publicKey, privateKey } = generatePem(alg);
  return { publicKey: createPublicKey(publicKey), privateKey: createPrivateKey(privateKey) };
}

/** @param {AlgorithmName} alg @returns {{ readonly publicKey: string, readonly privateKey: string }} */
function generatePem(alg) {
  if (alg === "ES256") return generateKeyPairSync("ec", { namedCurve: "P-256", publicKeyEncoding, privateKeyEncoding });
  if (alg === "EdDSA") return generateKeyPairSync("ed25519", { publicKeyEncoding, privateKeyEncoding });
  return generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding, privateKeyEncoding });
}

/**
 * The options of `crypto.sign` and `crypto.verify` for an algorithm of JOSE.
 * @param {AlgorithmName} alg
 * @param {import("node:crypto").KeyObject} key
 */
export function toCryptoKey(alg, key) {
  if (alg === "ES256") return { key, dsaEncoding: /** @type {const} */ ("ieee-p1363") };
  return alg === "PS256" ? { key, padding: 6, saltLength: -1 } : { key };
}

/**
 * @param {SigningKey} key
 * @param {Record<string, unknown>} claims
 * @param {Record<string, unknown>} [header]
 */
export function signToken({ alg, kid, privateKey, secret }, claims, header = { alg, typ: "at+jwt", kid }) {
  const input = `${encode(header)}.${encode(claims)}`;
  const signature = privateKey
    ? sign(alg === "EdDSA" ? null : "sha256", Buffer.from(input), toCryptoKey(alg, privateKey))
    : createHmac("sha256", secret).update(input).digest();
  return `${input}.${signature.toString("base64url")}`;
}

/**
 * Claims of one user. Every call makes other ones.
 * @param {number} index
 */
export function createClaims(index) {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: issuer,
    sub: `auth0|${(0x65f0_0000_0000 + index * 7919).toString(16)}a1b2c3d4e5f6`,
    aud: [audience, `${issuer}userinfo`],
    iat: now - 60,
    exp: now + 86_400,
    scope: "openid profile email orders:read orders:write",
    azp: "Xq7TzR0mW2kJ5nV8bL3cY6dF9gH1sA4p",
    client_id: "Xq7TzR0mW2kJ5nV8bL3cY6dF9gH1sA4p",
    jti: randomUUID(),
    permissions: ["orders:read", "orders:write", "orders:ship", "invoices:read"],
    ...{ "https://example.test/tier": "gold" },
  };
}

/** By key, not by its name: every suite makes a key of its own, by the same name. @type {WeakMap<SigningKey, Map<number, readonly string[]>>} */
const made = new WeakMap();

/**
 * Different valid tokens, made once per key.
 * @param {SigningKey} key
 * @param {number} count
 */
export function createTokens(key, count) {
  /** @type {Map<number, readonly string[]>} */
  const ofKey = made.get(key) ?? new Map();
  made.set(key, ofKey);
  const tokens = ofKey.get(count) ?? Array.from({ length: count }, (_, index) => signToken(key, createClaims(index)));
  ofKey.set(count, tokens);
  return tokens;
}

/** @param {unknown} value */
function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
