// Tokens that are bound to a key (RFC 9449) or to a certificate (RFC 8705).
import type { Filled, RequestRow } from "../_request-case.js";

const bound = { bound: "key" } as const;
const required = { dpop: { enabled: true, required: true } };
const off = { dpop: { enabled: false } };
const unvalidated = { original: [200], difference: "bound tokens" } as const;
const badProof = [400, "invalid_dpop_proof"] as const;

export const dpop: readonly RequestRow[] = [
  { title: "a proof", token: bound, proof: {}, answer: [200] },
  { title: "a proof, where one is required", options: required, token: bound, proof: {}, answer: [200] },
  { title: "a proof for a POST", token: bound, proof: {}, method: "POST", answer: [200] },
  { title: "a proof for a URL with a query", token: bound, proof: {}, path: "/?a=1", answer: [200] },
  {
    title: "a proof for the URL before the proxy",
    token: bound,
    isBehindProxy: true,
    headers: { "x-forwarded-host": "api.example.com", "x-forwarded-proto": "https" },
    proof: { claims: { htu: "https://api.example.com/" } },
    answer: [200],
  },
  {
    title: "a proof for what a client calls the URL before the proxy",
    token: bound,
    headers: { "x-forwarded-host": "api.example.com", "x-forwarded-proto": "https" },
    proof: { claims: { htu: "https://api.example.com/" } },
    answer: badProof,
  },
  { title: "an unbound token as Bearer", token: {}, answer: [200] },
  { title: "an unbound token as Bearer, where proofs are required", options: required, token: {}, answer: [400] },
  { title: "no token, where proofs are required", options: required, answer: [401] },
  { title: "an unbound token with a proof", token: {}, proof: {}, answer: [401, "invalid_token"], isWorded: true },
  {
    title: "a bound token as Bearer",
    token: bound,
    authorization: "Bearer {token}",
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  {
    title: "a bound token as Bearer, with its proof",
    token: bound,
    authorization: "Bearer {token}",
    proof: {},
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  {
    title: "an unbound token as Bearer, with a proof",
    token: {},
    authorization: "Bearer {token}",
    proof: {},
    answer: [400, "invalid_request"],
  },
  {
    title: "an invalid token as Bearer, with a proof",
    token: { signer: "stranger" },
    authorization: "Bearer {token}",
    proof: {},
    answer: [401, "invalid_token"],
  },
  { title: "a bound token without a proof", token: bound, authorization: "DPoP {token}", answer: [400] },
  { title: "a proof without a token", proof: {}, answer: [400] },
  { title: "a proof by another key", token: bound, proof: { by: "other" }, answer: [401, "invalid_token"] },
  { title: "a proof for another method", token: bound, proof: { claims: { htm: "POST" } }, answer: badProof },
  {
    title: "a proof for another URL",
    token: bound,
    proof: { claims: { htu: "http://other.test/" } },
    answer: badProof,
  },
  { title: "a proof for another token", token: bound, proof: { claims: { ath: "a" } }, answer: badProof },
  {
    title: "a proof without the token's hash",
    token: bound,
    proof: { claims: { ath: undefined } },
    answer: badProof,
    isWorded: true,
  },
  {
    title: "a proof without an id",
    token: bound,
    proof: { claims: { jti: undefined } },
    answer: badProof,
    isWorded: true,
  },
  {
    title: "a proof without a time",
    token: bound,
    proof: { claims: { iat: undefined } },
    answer: badProof,
    isWorded: true,
  },
  { title: "a proof that is too old", token: bound, proof: { claims: { iat: { in: -400 } } }, answer: badProof },
  { title: "a proof that is old", token: bound, proof: { claims: { iat: { in: -250 } } }, answer: [200] },
  { title: "a proof of a clock ahead", token: bound, proof: { claims: { iat: { in: 20 } } }, answer: [200] },
  { title: "a proof of a clock too far ahead", token: bound, proof: { claims: { iat: { in: 60 } } }, answer: badProof },
  {
    title: "a proof older than allowed",
    options: { dpop: { iatOffset: 40 } },
    token: bound,
    proof: { claims: { iat: { in: -60 } } },
    answer: badProof,
  },
  {
    title: "a proof older than allowed, where clocks may differ by more",
    options: { clockTolerance: 60, dpop: { iatOffset: 10 } },
    token: bound,
    proof: { claims: { iat: { in: -20 } } },
    answer: badProof,
  },
  {
    title: "a proof further ahead than allowed, where clocks of tokens may differ by more",
    options: { clockTolerance: 60 },
    token: bound,
    proof: { claims: { iat: { in: 45 } } },
    answer: badProof,
  },
  {
    title: "a leeway beyond ten minutes",
    options: { dpop: { iatLeeway: 3600 } },
    token: {},
    answer: "refused",
    original: [200],
    difference: "long proofs",
  },
  {
    title: "a proof further ahead than allowed",
    options: { dpop: { iatLeeway: 10 } },
    token: bound,
    proof: { claims: { iat: { in: 20 } } },
    answer: badProof,
  },
  {
    title: "a token expired beyond its own tolerance",
    token: { ...bound, claims: { exp: { in: -15 } } },
    proof: {},
    answer: [401, "invalid_token"],
  },
  { title: "two proofs", token: bound, proof: { isTwice: true }, answer: badProof, isWorded: true },
  {
    title: "a proof of another type",
    token: bound,
    proof: { header: { typ: "JWT" } },
    answer: badProof,
    isWorded: true,
  },
  { title: "a proof that is not a JWT", token: bound, proof: { raw: "proof" }, answer: badProof, isWorded: true },
  {
    title: "the same proof a second time",
    token: bound,
    proof: {},
    isRepeated: true,
    answer: badProof,
    original: [200],
    difference: "used proofs",
  },
  { title: "the same token with another proof", earlier: bound, token: bound, proof: {}, answer: [200] },
  { title: "DPoP where it is off", options: off, token: bound, proof: {}, answer: [400] },
  {
    title: "a binding that cannot be read",
    token: { claims: { cnf: {} } },
    answer: [401, "invalid_token"],
    ...unvalidated,
  },
  {
    title: "a binding of another kind",
    token: { claims: { cnf: { kid: "a" } } },
    answer: [401, "invalid_token"],
    ...unvalidated,
  },
  {
    title: "a bound token as Bearer, where it is off",
    options: off,
    token: bound,
    answer: [401, "invalid_token"],
    authorization: "Bearer {token}",
    ...unvalidated,
  },
  { title: "an unbound token, where it is off", options: off, token: {}, answer: [200] },
  {
    title: "an unbound token with an idle proof, where it is off",
    options: off,
    token: {},
    authorization: "Bearer {token}",
    proof: {},
    answer: [200],
  },
  {
    title: "required without enabled",
    options: { dpop: { enabled: false, required: true } },
    token: {},
    answer: "refused",
  },
  { title: "an age that is not a number", options: { dpop: { iatOffset: "5" } }, token: {}, answer: "refused" },
  { title: "a negative leeway", options: { dpop: { iatLeeway: -1 } }, token: {}, answer: "refused" },
  {
    title: "an age of an hour",
    options: { dpop: { iatOffset: 3600 } },
    token: {},
    answer: "refused",
    original: [200],
    difference: "long proofs",
  },
  { title: "an option that is not an object", options: { dpop: true }, token: {}, answer: "refused" },
];

/** As the application reads it from its proxy. */
const getCertificate = ({ headers }: { headers: Readonly<Record<string, unknown>> }) => {
  const sent = headers["client-certificate"];
  return typeof sent === "string" ? decodeURIComponent(sent) : undefined;
};
const own: Readonly<Record<string, string>> = { "client-certificate": "{certificate}" };
const toCertificate = { bound: "certificate" } as const;
const needed: Filled = { getCertificate, mtls: { enabled: true, required: true } };

export const mtls: readonly RequestRow[] = [
  { title: "the certificate", options: { getCertificate }, token: toCertificate, headers: own, answer: [200] },
  {
    title: "the certificate, where one is required",
    options: needed,
    token: toCertificate,
    headers: own,
    answer: [200],
  },
  {
    title: "another certificate",
    options: { getCertificate },
    token: toCertificate,
    headers: { "client-certificate": "{otherCertificate}" },
    answer: [401, "invalid_token"],
  },
  { title: "no certificate", options: { getCertificate }, token: toCertificate, answer: [400, "invalid_request"] },
  {
    title: "a certificate that cannot be read",
    options: { getCertificate },
    token: toCertificate,
    headers: { "client-certificate": "none" },
    answer: [400],
  },
  {
    title: "a function that throws",
    options: {
      getCertificate: () => {
        throw new Error("proxy");
      },
    },
    token: toCertificate,
    answer: [400, "invalid_request"],
  },
  {
    title: "a function that throws, for an unbound token",
    options: {
      getCertificate: () => {
        throw new Error("proxy");
      },
    },
    token: {},
    answer: [200],
  },
  { title: "an unbound token", options: { getCertificate }, token: {}, headers: own, answer: [200] },
  {
    title: "an unbound token, where a binding is required",
    options: needed,
    token: {},
    headers: own,
    answer: [401, "invalid_token"],
  },
  {
    title: "a token bound to a key, where a certificate is required",
    options: needed,
    token: bound,
    proof: {},
    answer: [200],
  },
  { title: "a bound token, where mTLS is off", token: toCertificate, answer: [401, "invalid_token"], ...unvalidated },
  {
    title: "a bound token, where mTLS is switched off",
    options: { getCertificate, mtls: { enabled: false } },
    token: toCertificate,
    headers: own,
    answer: [401, "invalid_token"],
    ...unvalidated,
  },
  {
    title: "a bound token without a certificate, where tokens are optional",
    options: { getCertificate, authRequired: false },
    token: toCertificate,
    answer: [400, "invalid_request"],
    original: [200],
    difference: "never anonymous",
  },
  {
    title: "a token bound to both, with proof and certificate",
    options: { getCertificate },
    token: { bound: "both" },
    proof: {},
    headers: own,
    answer: [200],
  },
  {
    title: "a token bound to both, with its proof alone",
    options: { getCertificate },
    token: { bound: "both" },
    proof: {},
    answer: [400, "invalid_request"],
    original: [200],
    difference: "bound tokens",
  },
  { title: "required without a function", options: { mtls: { required: true } }, token: {}, answer: "refused" },
  { title: "an option that is not an object", options: { mtls: "on" }, token: {}, answer: "refused" },
];
