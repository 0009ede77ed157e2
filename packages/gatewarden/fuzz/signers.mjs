// Keys that sign the fuzzed tokens: good ones of every algorithm, and ones that nobody should trust.
import { constants, createHash, createHmac, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** @typedef {Record<string, unknown>} Members */

/**
 * @typedef {object} Signer
 * @property {string} kid
 * @property {string} alg The algorithm it signs with when the header names one that it cannot.
 * @property {Members} jwk What an issuer publishes of it.
 * @property {Members} [privateJwk]
 * @property {(alg: string, input: string) => Buffer} sign
 */

/** @type {Readonly<Record<string, string>>} */
const curves = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };

/**
 * @param {string} alg
 * @param {string} kid
 * @param {number} [modulusLength]
 * @returns {Signer}
 */
function createSigner(alg, kid, modulusLength = 2048) {
  const { privateKey, publicKey } = generate(alg, modulusLength);
  const family = alg.slice(0, 2);
  const isRsa = family === "RS" || family === "PS";
  /** @type {Map<string, Buffer>} */
  const memory = new Map();
  return {
    kid,
    alg,
    jwk: { ...publicKey.export({ format: "jwk" }), kid },
    privateJwk: { ...privateKey.export({ format: "jwk" }), kid },
    sign(wanted, input) {
      const used = isRsa && /^[RP]S(256|384|512)$/.test(wanted) ? wanted : alg;
      if (family === "Ed") return sign(null, Buffer.from(input), privateKey);
      if (!isRsa) return sign(`sha${alg.slice(2)}`, Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
      // Signing with RSA is thirty times as dear as all else together, and many tokens differ only after it.
      const known = memory.get(used + input);
      if (known) return known;
      const padding = used.startsWith("PS") ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
      const made = sign(`sha${used.slice(2)}`, Buffer.from(input), { key: privateKey, padding, saltLength: -1 });
      if (memory.size < 5000) memory.set(used + input, made);
      return made;
    },
  };
}

/**
 * @param {string} alg
 * @param {number} modulusLength
 */
function generate(alg, modulusLength) {
  const namedCurve = curves[alg];
  if (namedCurve !== undefined) return generateKeyPairSync("ec", { namedCurve });
  return alg.startsWith("Ed") ? generateKeyPairSync("ed25519") : generateKeyPairSync("rsa", { modulusLength });
}

const rsa = createSigner("RS256", "rsa");
const ec = createSigner("ES256", "ec");
const ed = createSigner("EdDSA", "ed");
const ec384 = createSigner("ES384", "ec384");
const ec512 = createSigner("ES512", "ec512");

/** The issuer's keys. Those that are cheap to sign and verify with come more often. */
export const published = [rsa, ec, ed, ec384, ec512];
export const often = [...Array(40).fill(ec), ...Array(34).fill(ed), ...Array(8).fill(rsa), ec384, ec512];
export const [ecSigner, rsaSigner] = [ec, rsa];

/** Keys that are no key of the issuer's set until a mutation puts them there. */
export const ecOther = createSigner("ES256", "ec");
export const edOther = createSigner("EdDSA", "ed-2");
export const weak = createSigner("RS256", "weak", 1536);

/** Five more keys of one kind, for sets in which several fit. */
export const crowd = ["c1", "c2", "c3", "c4", "c5"].map((kid) => createSigner("ES256", kid));

export const secret = randomBytes(64);

/** The shared secret. @type {Signer} */
export const hmac = {
  kid: "hmac",
  alg: "HS256",
  jwk: { kty: "oct", k: secret.toString("base64url"), kid: "hmac" },
  sign: (wanted, input) => mac(/^HS(256|384|512)$/.test(wanted) ? wanted : "HS256", secret, input),
};

/**
 * @param {string} alg
 * @param {string | Uint8Array} key
 * @param {string} input
 */
export function mac(alg, key, input) {
  return createHmac(`sha${alg.slice(2)}`, key)
    .update(input)
    .digest();
}

const sha256Info = Buffer.from("3031300d060960864801650304020105000420", "hex");

/** With e = 1 the padded hash is its own signature (RFC 8017 §9.2). @type {Signer} */
export const exponentOne = {
  kid: "e1",
  alg: "RS256",
  jwk: { ...rsa.jwk, kid: "e1", e: "AQ" },
  sign(_wanted, input) {
    const tail = Buffer.concat([Buffer.of(0), sha256Info, createHash("sha256").update(input).digest()]);
    return Buffer.concat([Buffer.of(0, 1), Buffer.alloc(254 - tail.length, 0xff), tail]);
  },
};

/** The neutral point as key and as R, with S = 0, fits every text (RFC 8032 §8.9). @type {Signer} */
export const smallOrder = {
  kid: "small",
  alg: "EdDSA",
  jwk: {
    kty: "OKP",
    crv: "Ed25519",
    kid: "small",
    x: Buffer.concat([Buffer.of(1), Buffer.alloc(31)]).toString("base64url"),
  },
  sign: () => Buffer.concat([Buffer.of(1), Buffer.alloc(63)]),
};

/** Entries that no signature is verified with: other curves, other types, no keys at all. @type {readonly unknown[]} */
export const bystanders = [
  generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey.export({ format: "jwk" }),
  generateKeyPairSync("x25519").publicKey.export({ format: "jwk" }),
  generateKeyPairSync("ed448").publicKey.export({ format: "jwk" }),
  { kty: "AKP", alg: "ML-DSA-44", pub: "AAAA" },
  { kty: "EC", crv: "P-256", x: "AA", y: "AA" },
  { kty: "oct", k: secret.toString("base64url") },
  {},
  null,
  "key",
  [],
];
