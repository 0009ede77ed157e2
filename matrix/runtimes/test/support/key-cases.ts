// Keys, good and bad: beside another in a set, as the only one, and as the developer's own, as data.
import { generateKeyPairSync } from "node:crypto";
import { refusedKeys, usableKeys } from "../../../../packages/gatewarden/test/keys/_key-cases.js";
import { createKey, encode, forge, type TestKey } from "../../../../packages/gatewarden/test/support/forge.js";
import { audience, claims, ec, ed, issuer, rsa } from "../../../../packages/gatewarden/test/support/keys.js";
import type { Case, Options, Part } from "./case.js";

const usual = { issuer, audience };

type Jwk = Readonly<Record<string, unknown>>;

const number = (text: unknown) => Buffer.from(String(text), "base64url");
const respelt = (jwk: Jwk, names: readonly string[], zeros: number): Jwk => ({
  ...jwk,
  ...Object.fromEntries(names.map((name) => [name, encode(Buffer.concat([Buffer.alloc(zeros), number(jwk[name])]))])),
});

/** A key whose x begins with a zero byte, written without it, as some servers do. */
function createShortKey(): TestKey {
  for (;;) {
    const key = createKey("ES256", "short");
    const x = number(key.jwk.x);
    if (x[0] === 0) return { ...key, jwk: { ...key.jwk, x: encode(x.subarray(1)) } };
  }
}

const p256 = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const beyondField = encode(
  Buffer.from((BigInt(`0x${number(ec.jwk.x).toString("hex")}`) + p256).toString(16).padStart(66, "0"), "hex"),
);
const signers: readonly (readonly [string, TestKey, string])[] = [
  ["RS256", createKey("RS256", "a"), "RS256"],
  ["PS512", createKey("PS512", "a"), "PS512"],
  ["RSA of 2050 bits", createKey("RS256", "a", 2050), "PS256"],
  ["RSA of 3072 bits", createKey("RS384", "a", 3072), "RS384"],
  ["RSA of 4096 bits", createKey("RS512", "a", 4096), "RS512"],
  ["ES256", createKey("ES256", "a"), "ES256"],
  ["ES384", createKey("ES384", "a"), "ES384"],
  ["ES512", createKey("ES512", "a"), "ES512"],
  ["EdDSA", createKey("EdDSA", "a"), "EdDSA"],
  ["Ed25519 by its other name", createKey("EdDSA", "a"), "Ed25519"],
  ["a coordinate without its zero", createShortKey(), "ES256"],
];

const algorithmOf = (jwk: Jwk): string =>
  ({ RSA: "RS256", OKP: "EdDSA" })[String(jwk["kty"])] ??
  { "P-384": "ES384", "P-521": "ES512" }[String(jwk["crv"])] ??
  "ES256";

/** Beside a good key, so that the set is usable whatever becomes of this one; only a key that was taken can be `signature_invalid`. */
function keyCase(name: string, jwk: Jwk): { readonly guard: Options; readonly case: Case } {
  const guard = `key: ${name}`;
  const given = { ...jwk, kid: typeof jwk["kid"] === "number" ? jwk["kid"] : "a" };
  const alg = typeof jwk["alg"] === "string" ? jwk["alg"] : algorithmOf(jwk);
  const length = { RS256: number(jwk["n"]).length, ES384: 96, ES512: 132 }[alg] ?? 64;
  const token = `${encode({ alg, kid: "a" })}.${encode(claims())}.${encode(Buffer.alloc(length, 1))}`;
  return { guard: { ...usual, keys: { jwks: { keys: [ec.jwk, given] } } }, case: { name: guard, guard, token } };
}

function signedCase([name, key, alg]: (typeof signers)[number]): { readonly guard: Options; readonly case: Case } {
  const guard = `key that signs: ${name}`;
  const token = forge({ header: { alg, kid: key.kid }, payload: claims(), key, alg });
  return {
    guard: { ...usual, keys: { jwks: { keys: [key.jwk] } } },
    case: { name: guard, guard, token, expected: "accepted" },
  };
}

const madeKeys = [
  ...usableKeys.map(([name, jwk]) => keyCase(name, jwk)),
  ...refusedKeys.map(([name, jwk]) => keyCase(name, jwk)),
  ...signers.map(signedCase),
  signedCase(["RSA with zeros in front", { ...rsa, jwk: respelt(rsa.jwk, ["n", "e"], 3) as TestKey["jwk"] }, "RS256"]),
  signedCase(["EC with zeros in front", { ...ec, jwk: respelt(ec.jwk, ["x", "y"], 2) as TestKey["jwk"] }, "ES256"]),
  ...[8192, 16_384].map((bits) =>
    keyCase(`RSA of ${bits} bits`, { ...rsa.jwk, n: encode(Buffer.alloc(bits / 8, 0xfb)) }),
  ),
  keyCase("RSA with an even n", { ...rsa.jwk, n: encode(Buffer.alloc(256, 0xfe)) }),
  keyCase("RSA with an exponent of 65 bits", { ...rsa.jwk, e: encode(Buffer.from("010000000000000001", "hex")) }),
  keyCase("RSA with an exponent of 33 bits", { ...rsa.jwk, e: encode(Buffer.from("0100000001", "hex")) }),
  keyCase("RSA with an exponent of 32 bits", { ...rsa.jwk, e: encode(Buffer.from("80000001", "hex")) }),
  keyCase("Ed25519 that is no point", { ...ed.jwk, x: encode(Buffer.concat([Buffer.of(2), Buffer.alloc(31)])) }),
  keyCase("EC with x beyond the field", { ...ec.jwk, x: beyondField }),
  keyCase("EC with x = 0", { ...ec.jwk, x: encode(Buffer.alloc(32)) }),
  keyCase("EC with an empty x", { ...ec.jwk, x: "" }),
  keyCase("EC with x of 1,000 bytes", { ...ec.jwk, x: encode(Buffer.alloc(1000, 1)) }),
  keyCase("Ed25519 of 33 bytes", { ...ed.jwk, x: encode(Buffer.concat([number(ed.jwk.x), Buffer.alloc(1)])) }),
  keyCase("Ed25519 that is empty", { ...ed.jwk, x: "" }),
  keyCase("RSA with an empty n", { ...rsa.jwk, n: "" }),
];

/** Sets of two: a good key and the one in question. */
export const keyCases: Part = {
  guards: Object.fromEntries(madeKeys.map((one) => [one.case.guard, one.guard])),
  cases: madeKeys.map((one) => one.case),
};

const only = (jwk: Jwk, name: string): readonly [string, Options] => [
  `only: ${name}`,
  { ...usual, keys: { jwks: { keys: [jwk] } } },
];
const pinned = (publicKey: string | Jwk, name: string): readonly [string, Options] => [
  `pinned: ${name}`,
  { ...usual, keys: { publicKey } },
];

/** The key as a developer would write it down. */
export const pem = ({ publicKey }: TestKey): string => publicKey.export({ type: "spki", format: "pem" }).toString();
const otherPem = generateKeyPairSync("x25519").publicKey.export({ type: "spki", format: "pem" }).toString();
const smallPem = createKey("RS256", "weak", 1024);

/** What a guard is told, and what becomes of it where the keys are no good. */
const configured: readonly (readonly [string, Options])[] = [
  ...refusedKeys.map(([name, jwk]) => only(jwk, name)),
  pinned(pem(ec), "PEM of P-256"),
  pinned(pem(rsa), "PEM of RSA"),
  pinned(pem(ed), "PEM of Ed25519"),
  pinned(pem(createKey("ES512")), "PEM of P-521"),
  pinned(otherPem, "PEM of X25519"),
  pinned(pem(smallPem), "PEM of RSA with 1024 bits"),
  pinned("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "PEM of nothing"),
  pinned(String(ec.privateKey.export({ type: "pkcs8", format: "pem" })), "PEM of a private key"),
  pinned({ ...ec.jwk }, "a JWK"),
  pinned({ ...ec.jwk, y: ec.jwk.x }, "a JWK off its curve"),
];

/** Guards with only the key in question. */
export const configurationCases: Part = {
  guards: Object.fromEntries(configured),
  cases: configured.flatMap(([guard]) =>
    [ec, rsa, ed].map((key) => {
      const alg = { ec: "ES256", rsa: "RS256", ed: "EdDSA" }[key.kid] ?? "";
      const token = forge({ header: { alg, kid: key.kid }, payload: claims(), key });
      return { name: `${guard}, asked with ${alg}`, guard, token };
    }),
  ),
};
