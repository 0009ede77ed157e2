// Keys as they may stand in a key set: good ones with the algorithms that they fit, and bad ones with what is wrong with them.
import { generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { createKey, encode } from "../support/forge.js";
import { ec, ed, rsa } from "../support/keys.js";

type Members = Readonly<Record<string, unknown>>;

const jwkOf = (changes: Record<string, unknown>, from: JsonWebKey = rsa.jwk) => ({ ...from, ...changes });
const generated = (type: "x25519" | "ed448"): JsonWebKey =>
  (type === "x25519" ? generateKeyPairSync("x25519") : generateKeyPairSync("ed448")).publicKey.export({
    format: "jwk",
  });
const secp256k1 = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey.export({ format: "jwk" });
const small = (hex: string) => ({ kty: "OKP", crv: "Ed25519", x: Buffer.from(hex, "hex").toString("base64url") });

/** Name, key, and the algorithms that it verifies. */
export const usableKeys: readonly (readonly [string, Members, readonly string[]])[] = [
  ["RSA of 2048 bits", rsa.jwk, ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]],
  ["P-256", ec.jwk, ["ES256"]],
  ["P-384", createKey("ES384").jwk, ["ES384"]],
  ["P-521", createKey("ES512").jwk, ["ES512"]],
  ["Ed25519", ed.jwk, ["EdDSA", "Ed25519"]],
  ["RSA that names its algorithm", jwkOf({ alg: "PS384" }), ["PS384"]],
  ["a key without use", jwkOf({ use: undefined }), ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]],
  ["a key for verifying", jwkOf({ key_ops: ["verify"] }, ec.jwk), ["ES256"]],
  ["a key with members that nobody knows", jwkOf({ x5t: "x", nbf: 1, ext: true }, ec.jwk), ["ES256"]],
  ["a key whose certificate is another's", jwkOf({ x5c: ["AAAA"], x5u: "https://evil.test/" }, ec.jwk), ["ES256"]],
];

/** What the key is, the key, and a part of the reason why it is not used. */
export const refusedKeys: readonly (readonly [string, Members, string])[] = [
  ["RSA of 1024 bits", createKey("RS256", "weak", 1024).jwk, "1024 bits"],
  ["RSA of 512 bits", jwkOf({ n: encode(Buffer.alloc(64, 0xff)) }), "512 bits"],
  ["RSA with e = 1", jwkOf({ e: "AQ" }), "exponent"],
  ["RSA with e = 0", jwkOf({ e: "AA" }), "exponent"],
  ["RSA with e = 2", jwkOf({ e: "Ag" }), "exponent"],
  ["RSA with an even e", jwkOf({ e: encode(Buffer.of(1, 0, 0)) }), "exponent"],
  ["RSA with n = 1", jwkOf({ n: "AQ" }), "bits"],
  ["RSA with n = 0", jwkOf({ n: "AA" }), "0 bits"],
  ["RSA of 20,000 bits", jwkOf({ n: encode(Buffer.alloc(2500, 0xff)) }), "16384"],
  ["RSA without e", jwkOf({ e: undefined }), 'lacks "e"'],
  ["RSA with a padded n", jwkOf({ n: `${rsa.jwk.n}=` }), "not base64url"],
  ["RSA with a number for e", jwkOf({ e: 65537 }), "not text"],
  ["a private key", rsa.privateKey.export({ format: "jwk" }), 'private member "d"'],
  ["a private key in part", jwkOf({ p: "AQ" }), 'private member "p"'],
  ["an EC private key", ec.privateKey.export({ format: "jwk" }), 'private member "d"'],
  ["an empty private member", jwkOf({ d: "" }), 'private member "d"'],
  ["a secret", { kty: "oct", k: encode("x".repeat(32)) }, 'private member "k"'],
  ["a secret within a public key", jwkOf({ k: "AAAA" }), 'private member "k"'],
  ["a key for encryption", jwkOf({ use: "enc" }), '"use"'],
  ["a key with a use that is not a string", jwkOf({ use: ["sig"] }), '"use"'],
  ["a key whose operations lack verify", jwkOf({ key_ops: ["sign"] }), '"key_ops"'],
  ["a key for wrapping", jwkOf({ key_ops: ["wrapKey", "encrypt"] }), '"key_ops"'],
  ["a key without operations", jwkOf({ key_ops: [] }), '"key_ops"'],
  ["operations that are text", jwkOf({ key_ops: "verify" }), '"key_ops"'],
  ["a key for RSA-OAEP", jwkOf({ alg: "RSA-OAEP" }), "signs no tokens"],
  ["a key for HS256", jwkOf({ alg: "HS256" }), "fits no supported"],
  ["a key for none", jwkOf({ alg: "none" }), "signs no tokens"],
  ["a key for another algorithm's type", jwkOf({ alg: "ES256" }), "fits no supported"],
  ["a kid that is a number", jwkOf({ kid: 1 }), "kid"],
  ["an unknown type", { kty: "AKP", pub: "AAAA" }, "type"],
  ["no type", { n: rsa.jwk.n, e: rsa.jwk.e }, "type"],
  ["the type __proto__", { kty: "__proto__" }, "type"],
  ["the type constructor", { kty: "constructor" }, "type"],
  ["a type in a list", jwkOf({ kty: ["RSA"] }), "kty"],
  ["secp256k1", { ...secp256k1 }, "fits no supported"],
  ["X25519", { ...generated("x25519") }, "fits no supported"],
  ["Ed448", { ...generated("ed448") }, "fits no supported"],
  ["P-256 coordinates that call themselves P-384", jwkOf({ crv: "P-384" }, ec.jwk), "not valid key material"],
  ["a point off the curve", jwkOf({ y: ec.jwk.x }, ec.jwk), "not valid key material"],
  [
    "the point (0, 0)",
    { kty: "EC", crv: "P-256", x: encode(Buffer.alloc(32)), y: encode(Buffer.alloc(32)) },
    "not valid",
  ],
  ["EC without y", jwkOf({ y: undefined }, ec.jwk), 'lacks "y"'],
  ["Ed25519 of 31 bytes", { kty: "OKP", crv: "Ed25519", x: encode(Buffer.alloc(31, 1)) }, "not valid"],
  ["the neutral point", small(`01${"00".repeat(31)}`), "small order"],
  ["the neutral point with its sign set", small(`01${"00".repeat(30)}80`), "small order"],
  ["a point of order 4", small("00".repeat(32)), "small order"],
  ["a point of order 2", small(`ec${"ff".repeat(30)}7f`), "small order"],
  ["a point of order 8", small("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "small order"],
  [
    "the other point of order 8",
    small("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    "small order",
  ],
  ["zero in its other encoding", small(`ed${"ff".repeat(30)}7f`), "small order"],
  ["one in its other encoding", small(`ee${"ff".repeat(30)}7f`), "small order"],
];
