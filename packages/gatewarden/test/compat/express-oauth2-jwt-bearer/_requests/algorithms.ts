// Signatures: who signed, how, and with which kind of key.
import type { RequestRow } from "../_request-case.js";

const hmac = { secret: "{secret}", tokenSigningAlg: "HS256" };
const issuer = { issuerBaseURL: undefined, issuer: "{issuer}" };
const short = "not long enough";

export const algorithms: readonly RequestRow[] = [
  { title: "RS256", token: {}, answer: [200] },
  { title: "ES256", token: { signer: "ec" }, answer: [200] },
  { title: "EdDSA", token: { signer: "ed" }, answer: [200] },
  { title: "PS256", token: { header: { alg: "PS256" } }, answer: [200] },
  { title: "RS512", token: { header: { alg: "RS512" } }, answer: [200] },
  { title: "the configured algorithm", options: { tokenSigningAlg: "RS256" }, token: {}, answer: [200] },
  {
    title: "another algorithm than the configured one",
    options: { tokenSigningAlg: "RS256" },
    token: { header: { alg: "RS384" } },
    answer: [401, "invalid_token"],
  },
  {
    title: "none",
    token: { header: { alg: "none" }, alg: "RS256", change: "no signature" },
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  {
    title: "None",
    token: { header: { alg: "None" }, alg: "RS256", change: "no signature" },
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  {
    title: "no algorithm",
    token: { header: { alg: undefined }, alg: "RS256" },
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  {
    title: "an algorithm that is a number",
    token: { header: { alg: 256 }, alg: "RS256" },
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  {
    title: "rs256 in lower case",
    token: { header: { alg: "rs256" }, alg: "RS256" },
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  {
    title: "an unknown critical extension",
    token: { header: { crit: ["b65"], b65: 1 } },
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  { title: "no signature", token: { change: "no signature" }, answer: [401, "invalid_token"], isWorded: true },
  {
    title: "claims that were changed after signing",
    token: { change: "other payload" },
    answer: [401, "invalid_token"],
  },
  {
    title: "a stranger's key under the issuer's key id",
    token: { signer: "stranger" },
    answer: [401, "invalid_token"],
  },
  { title: "an unknown key id", token: { signer: "second" }, answer: [401, "invalid_token"] },
  {
    title: "no key id, and one key that fits",
    issuer: { jwks: ["rsa"] },
    token: { header: { kid: undefined } },
    answer: [200],
  },
  {
    title: "no key id, and two keys that fit",
    issuer: { jwks: ["second", "rsa"] },
    token: { header: { kid: undefined } },
    answer: [200],
    original: [401, "invalid_token"],
    difference: "keys without an id",
  },
  {
    title: "HS256 over the public key, the classic confusion",
    token: { secret: "any", header: { kid: "rsa" } },
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  {
    title: "an algorithm that the issuer does not list for ID tokens",
    issuer: { algorithms: ["ES256"] },
    token: {},
    answer: [200],
    original: [401, "invalid_token"],
    difference: "listed algorithms",
  },
  { title: "an algorithm that the issuer lists", issuer: { algorithms: ["RS256"] }, token: {}, answer: [200] },
  { title: "an algorithm that does not exist", options: { tokenSigningAlg: "RS999" }, token: {}, answer: "refused" },
  {
    title: "ES256K",
    options: { tokenSigningAlg: "ES256K" },
    token: {},
    answer: "refused",
    original: [401, "invalid_token"],
    difference: "ES256K",
  },
  {
    title: "a symmetric algorithm without a secret",
    options: { tokenSigningAlg: "HS256" },
    token: {},
    answer: "refused",
  },
];

export const secrets: readonly RequestRow[] = [
  { title: "a secret", options: { ...issuer, ...hmac }, token: { secret: "{secret}" }, answer: [401, "invalid_token"] },
  {
    title: "the secret",
    options: { ...issuer, ...hmac },
    token: { secret: "0123456789abcdef0123456789abcdef" },
    answer: [200],
  },
  {
    title: "the secret, beside a base URL",
    options: hmac,
    token: { secret: "0123456789abcdef0123456789abcdef" },
    answer: [200],
  },
  {
    title: "the secret, while the issuer is down",
    options: hmac,
    issuer: { metadata: "500" },
    token: { secret: "0123456789abcdef0123456789abcdef" },
    answer: [200],
    original: [401, "invalid_token"],
    difference: "outage",
  },
  {
    title: "another secret",
    options: { ...issuer, ...hmac },
    token: { secret: "another" },
    answer: [401, "invalid_token"],
  },
  {
    title: "RS256 where a secret is configured",
    options: { ...issuer, ...hmac },
    token: {},
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  {
    title: "HS512 where HS256 is configured",
    options: { ...issuer, ...hmac },
    token: { secret: "0123456789abcdef0123456789abcdef", header: { alg: "HS512" } },
    answer: [401, "invalid_token"],
  },
  {
    title: "a secret that is shorter than the hash",
    options: { ...issuer, secret: short, tokenSigningAlg: "HS256" },
    token: { secret: short },
    answer: "refused",
    original: [200],
    difference: "short secrets",
  },
  { title: "a secret without an algorithm", options: { ...issuer, secret: "{secret}" }, token: {}, answer: "refused" },
  {
    title: "a secret with a public algorithm",
    options: { ...issuer, secret: "{secret}", tokenSigningAlg: "RS256" },
    token: {},
    answer: "refused",
  },
  {
    title: "a secret and a JWKS URI",
    options: { ...issuer, ...hmac, jwksUri: "{jwksUri}" },
    token: {},
    answer: "refused",
  },
];

export const publicKeys: readonly RequestRow[] = [
  {
    title: "a PEM key",
    options: { ...issuer, publicKey: "{pem}", tokenSigningAlg: "RS256" },
    token: {},
    answer: [200],
  },
  {
    title: "another PEM key",
    options: { ...issuer, publicKey: "{secondPem}", tokenSigningAlg: "RS256" },
    token: {},
    answer: [401, "invalid_token"],
  },
  {
    title: "a PEM key without an algorithm",
    options: { ...issuer, publicKey: "{pem}" },
    token: {},
    answer: "refused",
    original: [401, "invalid_token"],
    difference: "early mistakes",
  },
  { title: "a JWK", options: { ...issuer, publicKey: "{jwk}" }, token: {}, answer: [200] },
  {
    title: "a JWK, and a stranger's token",
    options: { ...issuer, publicKey: "{jwk}" },
    token: { signer: "stranger" },
    answer: [401, "invalid_token"],
  },
  { title: "a JWK Set", options: { ...issuer, publicKey: "{jwks}" }, token: { signer: "ec" }, answer: [200] },
  {
    title: "a JWK Set without the key",
    options: { ...issuer, publicKey: "{jwks}" },
    token: { signer: "second" },
    answer: [401, "invalid_token"],
  },
  {
    title: "a symmetric JWK",
    options: { ...issuer, publicKey: { kty: "oct", k: "c2VjcmV0" } },
    token: {},
    answer: "refused",
    original: [401, "invalid_token"],
    difference: "early mistakes",
  },
  { title: "a public key and a base URL", options: { publicKey: "{jwk}" }, token: {}, answer: "refused" },
  {
    title: "a public key and a secret",
    options: { ...issuer, ...hmac, publicKey: "{jwk}" },
    token: {},
    answer: "refused",
  },
];
