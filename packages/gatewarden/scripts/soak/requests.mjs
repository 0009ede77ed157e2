// What the load is made of: 70 % good requests, 30 % hostile ones, each kind with the one answer that is right.
import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign } from "node:crypto";

/** @typedef {{ headers: Record<string, string | string[]> }} Load */
/** A kind that `ends` its connection gets one of its own, and may see it reset before it sees the answer. */
/** `or` is a second right answer: status and code. */
/** @typedef {{ kind: string, weight: number, status: number, code?: string, or?: string, ends?: boolean, make: () => Load }} Kind */

export const issuer = "https://issuer.test/";
export const audience = "https://api.test";

/** @typedef {import("node:crypto").KeyObject} KeyObject */
/** @typedef {{ alg: string, kid: string, privateKey: KeyObject, jwk: Record<string, unknown> }} Key */

/** @param {string} alg @param {string} kid @returns {Key} */
function createKey(alg, kid) {
  const { privateKey, publicKey } =
    alg === "RS256"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { alg, kid, privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid } };
}

const [ec, rsa, stranger, client] = [
  createKey("ES256", "ec"),
  createKey("RS256", "rsa"),
  createKey("ES256", "ec"),
  createKey("ES256", "client"),
];

export const jwks = { keys: [ec.jwk, rsa.jwk] };

/** @param {unknown} value */
const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** @param {object} header @param {object} payload @param {Key} key */
function toJws(header, payload, key) {
  const input = `${encode({ alg: key.alg, ...header })}.${encode(payload)}`;
  const options = { key: key.privateKey, dsaEncoding: /** @type {const} */ ("ieee-p1363") };
  return `${input}.${sign("sha256", Buffer.from(input), options).toString("base64url")}`;
}

const now = () => Math.floor(Date.now() / 1000);

/** @param {Key} key @param {object} [changes] */
function toToken(key, changes) {
  const claims = { iss: issuer, aud: audience, sub: randomUUID(), iat: now(), exp: now() + 36_000, ...changes };
  return toJws({ kid: key.kid }, claims, key);
}

const { kty, crv, x, y } = client.jwk;
const jwk = { kty, crv, x, y };
const jkt = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
const bound = toToken(ec, { cnf: { jkt } });
const ath = createHash("sha256").update(bound).digest("base64url");

/** @param {string} url @param {object} [changes] */
function prove(url, changes) {
  const claims = { jti: randomUUID(), htm: "GET", htu: url, iat: now(), ath, ...changes };
  return toJws({ typ: "dpop+jwt", jwk }, claims, client);
}

/** @template Item @param {number} size @param {() => Item} make */
function pool(size, make) {
  const items = Array.from({ length: size }, make);
  return () => /** @type {Item} */ (items[Math.floor(Math.random() * size)]);
}

/** @param {string} token */
const bearer = (token) => ({ headers: { authorization: `Bearer ${token}` } });
/** @param {string} proof */
const dpop = (proof) => ({ headers: { authorization: `DPoP ${bound}`, dpop: proof } });

/** All kinds of requests for the API at the URL. @param {string} api @returns {readonly Kind[]} */
export function createKinds(api) {
  const url = `${api}/private`;
  const good = pool(500, () => toToken(ec));
  const goodRsa = pool(200, () => toToken(rsa));
  const forged = pool(200, () => toToken(stranger));
  const expired = pool(200, () => toToken(ec, { exp: now() - 60 }));
  const elsewhere = pool(100, () => toToken(ec, { aud: "https://other.test" }));
  const [payload = ""] = good().split(".").slice(1);
  const noise = () => randomBytes(64).toString("base64url");
  const old = prove(url, { iat: now() - 60 });
  return [
    { kind: "good, ES256", weight: 50, status: 200, make: () => bearer(good()) },
    { kind: "good, RS256", weight: 10, status: 200, make: () => bearer(goodRsa()) },
    { kind: "good, never seen before", weight: 5, status: 200, make: () => bearer(toToken(ec)) },
    { kind: "good, DPoP", weight: 5, status: 200, make: () => dpop(prove(url)) },
    {
      kind: "random kid",
      weight: 4,
      status: 401,
      code: "key_unknown",
      // The issuer is not asked about every made-up id, and the key may exist.
      or: "503 keys_unavailable",
      make: () => bearer(`${encode({ alg: "ES256", kid: randomUUID() })}.${payload}.${noise()}`),
    },
    { kind: "forged", weight: 4, status: 401, code: "signature_invalid", make: () => bearer(forged()) },
    {
      kind: "random signature",
      weight: 3,
      status: 401,
      code: "signature_invalid",
      make: () => bearer(`${encode({ alg: "ES256", kid: "ec" })}.${payload}.${noise()}`),
    },
    { kind: "expired", weight: 3, status: 401, code: "expired", make: () => bearer(expired()) },
    {
      kind: "for another audience",
      weight: 2,
      status: 401,
      code: "audience_mismatch",
      make: () => bearer(elsewhere()),
    },
    {
      kind: "unsigned",
      weight: 1,
      status: 401,
      code: "algorithm_none",
      make: () => bearer(`${encode({ alg: "none" })}.${payload}.${noise()}`),
    },
    {
      kind: "malformed token",
      weight: 2,
      status: 401,
      code: "token_malformed",
      make: () => bearer(`${noise()}.${noise()}.${noise()}`),
    },
    { kind: "opaque", weight: 2, status: 401, code: "token_opaque", make: () => bearer(noise()) },
    {
      kind: "malformed header",
      weight: 1,
      status: 400,
      code: "credentials_malformed",
      make: () => ({ headers: { authorization: `Bearer "${noise()}"` } }),
    },
    {
      kind: "two headers",
      weight: 1,
      status: 400,
      code: "credentials_multiple",
      make: () => ({ headers: { authorization: [`Bearer ${good()}`, `Bearer ${noise()}`] } }),
    },
    { kind: "no credentials", weight: 1, status: 401, code: "credentials_missing", make: () => ({ headers: {} }) },
    {
      kind: "huge token",
      weight: 1,
      status: 400,
      code: "token_too_large",
      make: () => bearer(`${good()}${"A".repeat(12_000)}`),
    },
    { kind: "huge header", weight: 1, status: 431, ends: true, make: () => bearer("A".repeat(20_000)) },
    { kind: "DPoP garbage", weight: 1, status: 401, code: "dpop_proof_malformed", make: () => dpop(noise()) },
    {
      kind: "DPoP for another URL",
      weight: 1,
      status: 401,
      code: "dpop_target_mismatch",
      make: () => dpop(prove("https://other.test/")),
    },
    { kind: "DPoP too old", weight: 1, status: 401, make: () => dpop(old) },
    { kind: "bound token as bearer", weight: 1, status: 401, code: "binding_unproven", make: () => bearer(bound) },
  ];
}
