// The hostile suites of the library as data: guards, tokens and requests that any runtime can decide.
import { generateKeyPairSync } from "node:crypto";
import { claimsCases } from "../../../../packages/gatewarden/test/support/cases/claims-cases.js";
import { formCases } from "../../../../packages/gatewarden/test/support/cases/form-cases.js";
import { headerCases } from "../../../../packages/gatewarden/test/support/cases/header-cases.js";
import { refusedKeys, usableKeys } from "../../../../packages/gatewarden/test/support/cases/key-cases.js";
import { signatureCases } from "../../../../packages/gatewarden/test/support/cases/signature-cases.js";
import { start } from "../../../../packages/gatewarden/test/support/clock.js";
import {
  createKey,
  encode,
  forge,
  signHmac,
  type TestKey,
} from "../../../../packages/gatewarden/test/support/forge.js";
import {
  audience,
  claims,
  ec,
  ed,
  issuer,
  jwks,
  rsa,
  stranger,
} from "../../../../packages/gatewarden/test/support/keys.js";
import type { Case, CaseDocument, Options, Part } from "./case.js";
import { certificateCases } from "./certificate-cases.js";
import { dpopCases } from "./dpop-cases.js";

const usual = { issuer, audience };

const tokens: Part = {
  guards: { tokens: { ...usual, keys: { jwks } } },
  cases: [...headerCases, ...formCases, ...claimsCases, ...signatureCases].map(({ name, token, expected }) => ({
    name,
    guard: "tokens",
    token,
    expected,
  })),
};

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

const keys: Part = {
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
const pem = ({ publicKey }: TestKey) => publicKey.export({ type: "spki", format: "pem" }).toString();
const otherPem = generateKeyPairSync("x25519").publicKey.export({ type: "spki", format: "pem" }).toString();
const smallPem = createKey("RS256", "weak", 1024);
const good = forge({ header: { alg: "ES256", kid: "ec" }, payload: claims(), key: ec });

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

const configurations: Part = {
  guards: Object.fromEntries(configured),
  cases: configured.flatMap(([guard]) =>
    [ec, rsa, ed].map((key) => {
      const alg = { ec: "ES256", rsa: "RS256", ed: "EdDSA" }[key.kid] ?? "";
      const token = forge({ header: { alg, kid: key.kid }, payload: claims(), key });
      return { name: `${guard}, asked with ${alg}`, guard, token };
    }),
  ),
};

const secret = "a secret of sixty-four characters or more, which HS512 asks for …";
const hmac = (alg: string, key = secret, payload: unknown = claims()): string => {
  const input = `${encode({ alg })}.${encode(payload)}`;
  return `${input}.${signHmac(alg, key, input).toString("base64url")}`;
};
const cut = (token: string): string => {
  const [header = "", payload = "", signature = ""] = token.split(".");
  return `${header}.${payload}.${encode(number(signature).subarray(1))}`;
};

const secrets: Part = {
  guards: { secret: { ...usual, keys: { secret } } },
  cases: [
    ...["HS256", "HS384", "HS512"].flatMap((alg) => [
      { name: `${alg} with the secret`, guard: "secret", token: hmac(alg), expected: "accepted" },
      {
        name: `${alg} with another secret`,
        guard: "secret",
        token: hmac(alg, "x".repeat(64)),
        expected: "signature_invalid",
      },
      { name: `${alg} cut short`, guard: "secret", token: cut(hmac(alg)), expected: "signature_invalid" },
    ]),
    { name: "ES256 where there is a secret", guard: "secret", token: good },
    { name: "HS256 with the public key as secret", guard: "tokens", token: hmac("HS256", pem(ec)) },
  ],
};

const opaque = "an-opaque.token".replace(".", "_");
const introspected: Part = {
  guards: {
    opaque: {
      ...usual,
      keys: { jwks },
      descriptions: { [opaque]: { active: true, aud: audience, exp: start + 60, sub: "u" } },
    },
  },
  cases: [
    { name: "an opaque token that is active", guard: "opaque", token: opaque, expected: "accepted" },
    { name: "the same again", guard: "opaque", token: opaque, expected: "accepted" },
    { name: "an opaque token that is not", guard: "opaque", token: "other", expected: "token_inactive" },
  ],
};

/** Verified three times: the third answer comes from the cache. */
const repeated: Part = {
  guards: {},
  cases: [1, 2, 3].flatMap((turn) => [
    { name: `a good token, ${turn}`, guard: "tokens", token: good, expected: "accepted" },
    {
      name: `a stranger's, ${turn}`,
      guard: "tokens",
      token: forge({ header: { alg: "ES256", kid: "ec" }, payload: claims(), key: stranger }),
      expected: "signature_invalid",
    },
  ]),
};

/** All cases. Made anew for each run: keys are fresh. */
export async function createDocument(): Promise<CaseDocument> {
  const parts = [
    tokens,
    keys,
    configurations,
    secrets,
    introspected,
    repeated,
    await dpopCases(),
    await certificateCases(),
  ];
  return {
    now: start,
    guards: Object.assign({}, ...parts.map(({ guards }) => guards)),
    cases: parts.flatMap(({ cases }) => cases),
  };
}
