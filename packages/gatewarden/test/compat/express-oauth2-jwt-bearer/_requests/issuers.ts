// The environment, the issuer's metadata and keys, and what happens when they fail.
import type { RequestRow } from "../_request-case.js";

const usual = { ISSUER_BASE_URL: "{issuer}", AUDIENCE: "{audience}" };
const outage = { original: [401, "invalid_token"], difference: "outage" } as const;

export const environment: readonly RequestRow[] = [
  { title: "ISSUER_BASE_URL and AUDIENCE", env: usual, token: {}, answer: [200] },
  {
    title: "ISSUER_BASE_URL without the slash",
    env: { ...usual, ISSUER_BASE_URL: "{origin}" },
    token: {},
    answer: [200],
  },
  {
    title: "ISSUER, JWKS_URI and AUDIENCE",
    env: { ISSUER: "{issuer}", JWKS_URI: "{jwksUri}", AUDIENCE: "{audience}" },
    token: {},
    answer: [200],
  },
  {
    title: "ISSUER, SECRET and TOKEN_SIGNING_ALG",
    env: { ISSUER: "{issuer}", SECRET: "{secret}", TOKEN_SIGNING_ALG: "HS256", AUDIENCE: "{audience}" },
    token: { secret: "0123456789abcdef0123456789abcdef" },
    answer: [200],
  },
  {
    title: "TOKEN_SIGNING_ALG",
    env: { ...usual, TOKEN_SIGNING_ALG: "ES256" },
    token: {},
    answer: [401, "invalid_token"],
  },
  {
    title: "an option before a variable",
    env: { ...usual, AUDIENCE: "other" },
    options: { audience: "{audience}" },
    token: {},
    answer: [200],
  },
  { title: "no variable and no option", env: {}, token: {}, answer: "refused" },
  { title: "no audience", env: { ISSUER_BASE_URL: "{issuer}" }, token: {}, answer: "refused" },
  {
    title: "an issuer without its keys",
    env: { ISSUER: "{issuer}", AUDIENCE: "{audience}" },
    token: {},
    answer: "refused",
  },
  {
    title: "a URI of keys without their issuer",
    env: { JWKS_URI: "{jwksUri}", AUDIENCE: "{audience}" },
    token: {},
    answer: "refused",
  },
  {
    title: "a placeholder instead of the base URL",
    env: { ISSUER_BASE_URL: "foo", AUDIENCE: "{audience}" },
    token: {},
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  {
    title: "a placeholder instead of the URI of keys",
    env: { ISSUER: "{issuer}", JWKS_URI: "qux", AUDIENCE: "{audience}" },
    token: {},
    answer: [500],
    original: [401, "invalid_token"],
    difference: "early mistakes",
  },
  {
    title: "no token, and placeholders instead of URLs",
    env: { ISSUER_BASE_URL: "foo", AUDIENCE: "bar" },
    answer: [401],
  },
];

export const discovery: readonly RequestRow[] = [
  { title: "the URL of the metadata", options: { issuerBaseURL: "{metadata}" }, token: {}, answer: [200] },
  { title: "metadata of RFC 8414 alone", issuer: { metadata: "oauth only" }, token: {}, answer: [200] },
  { title: "the issuer beside the base URL", options: { issuer: "{issuer}" }, token: {}, answer: [200] },
  {
    title: "another issuer beside a URI of keys",
    options: { issuer: "urn:acme", jwksUri: "{jwksUri}" },
    token: { claims: { iss: "urn:acme" } },
    answer: [200],
  },
  {
    title: "another issuer beside the base URL",
    options: { issuer: "https://other.test/" },
    token: { claims: { iss: "https://other.test/" } },
    answer: [503],
    original: [200],
    difference: "metadata of another issuer",
  },
  {
    title: "metadata that name another issuer",
    issuer: { metadata: "other issuer" },
    token: { claims: { iss: "https://other.test/" } },
    answer: [401, "invalid_token"],
    original: [200],
    difference: "metadata of another issuer",
  },
  {
    title: "metadata that name another issuer, for a token of this one",
    issuer: { metadata: "other issuer" },
    token: {},
    answer: [503],
    ...outage,
  },
  { title: "metadata without an issuer", issuer: { metadata: "no issuer" }, token: {}, answer: [503], ...outage },
  { title: "metadata without keys", issuer: { metadata: "no keys" }, token: {}, answer: [503], ...outage },
  { title: "metadata that are not JSON", issuer: { metadata: "not JSON" }, token: {}, answer: [503], ...outage },
  { title: "no metadata", issuer: { metadata: "404" }, token: {}, answer: [503], ...outage },
  { title: "keys through an agent", options: { agent: "{agent}" }, token: {}, answer: [200] },
];

export const rotation: readonly RequestRow[] = [
  { title: "the key that is published", issuer: { jwks: ["rsa"] }, token: {}, answer: [200] },
  {
    title: "a key that was published meanwhile",
    issuer: { jwks: ["ec"] },
    later: { jwks: ["rsa"] },
    token: {},
    answer: [200],
  },
  {
    title: "a key that was published after others were used",
    issuer: { jwks: ["rsa"] },
    earlier: {},
    later: { jwks: ["rsa", "second"] },
    token: { signer: "second" },
    answer: [200],
    original: [401, "invalid_token"],
    difference: "new keys",
  },
  {
    title: "a key that was never published",
    issuer: { jwks: ["rsa"] },
    earlier: {},
    token: { signer: "second" },
    answer: [401, "invalid_token"],
  },
  { title: "no key at all", issuer: { jwks: "empty" }, token: {}, answer: [503], ...outage },
];

export const outages: readonly RequestRow[] = [
  { title: "metadata answered with 500", issuer: { metadata: "500" }, token: {}, answer: [503], ...outage },
  { title: "metadata whose connection breaks", issuer: { metadata: "reset" }, token: {}, answer: [503], ...outage },
  { title: "keys answered with 500", issuer: { jwks: "500" }, token: {}, answer: [503], ...outage },
  { title: "keys answered with 404", issuer: { jwks: "404" }, token: {}, answer: [503], ...outage },
  { title: "keys whose connection breaks", issuer: { jwks: "reset" }, token: {}, answer: [503], ...outage },
  { title: "keys that are not JSON", issuer: { jwks: "not JSON" }, token: {}, answer: [503], ...outage },
  { title: "no token, while the issuer is down", issuer: { metadata: "500" }, answer: [401] },
  {
    title: "a malformed header, while the issuer is down",
    issuer: { metadata: "500" },
    authorization: "Bearer",
    answer: [400],
  },
  {
    title: "a known key, while the issuer is down",
    earlier: {},
    later: { metadata: "500", jwks: "500" },
    token: { claims: { n: 1 } },
    answer: [200],
  },
  { title: "an outage that is over", issuer: { metadata: "500" }, later: {}, token: {}, answer: [200] },
];

const domains = (issuers: unknown) => ({ issuerBaseURL: undefined, mcd: { issuers } });

export const several: readonly RequestRow[] = [
  { title: "one of several issuers", options: domains(["https://brand-a.test", "{issuer}"]), token: {}, answer: [200] },
  { title: "an issuer without its slash", options: domains(["{origin}"]), token: {}, answer: [200] },
  { title: "an issuer as text", options: domains("{issuer}"), token: {}, answer: [200] },
  {
    title: "an issuer that is not listed",
    options: domains(["https://brand-a.test"]),
    token: {},
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  {
    title: "a token without an issuer",
    options: domains(["{issuer}"]),
    token: { claims: { iss: undefined } },
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  {
    title: "an issuer with its URI of keys",
    options: domains([{ issuer: "https://brand-a.test", jwksUri: "{jwksUri}" }]),
    token: { claims: { iss: "https://brand-a.test/" } },
    answer: [200],
  },
  {
    title: "an issuer with its public key",
    options: domains([{ issuer: "{issuer}", publicKey: "{jwk}" }]),
    token: {},
    answer: [200],
  },
  {
    title: "an issuer with its secret",
    options: domains([{ issuer: "{issuer}", secret: "{secret}", alg: "HS256" }]),
    token: { secret: "0123456789abcdef0123456789abcdef" },
    answer: [200],
  },
  {
    title: "an issuer with its algorithm",
    options: domains([{ issuer: "{issuer}", alg: "ES256" }]),
    token: {},
    answer: [401, "invalid_token"],
  },
  {
    title: "a stranger's token",
    options: domains(["{issuer}"]),
    token: { signer: "stranger" },
    answer: [401, "invalid_token"],
  },
  {
    title: "several issuers and a base URL",
    options: { mcd: { issuers: ["{issuer}"] } },
    token: {},
    answer: "refused",
  },
  {
    title: "a secret without an algorithm",
    options: domains([{ issuer: "{issuer}", secret: "{secret}" }]),
    token: {},
    answer: "refused",
  },
  {
    title: "a secret with a public algorithm",
    options: domains([{ issuer: "{issuer}", secret: "{secret}", alg: "RS256" }]),
    token: {},
    answer: "refused",
  },
  { title: "a URL with a query", options: domains(["https://brand-a.test/?a=1"]), token: {}, answer: "refused" },
  { title: "no issuer", options: domains(undefined), token: {}, answer: "refused" },
  {
    title: "an empty list",
    options: domains([]),
    token: {},
    answer: "refused",
    original: [401, "invalid_token"],
    difference: "early mistakes",
  },
  { title: "a function", options: domains("{findIssuers}"), token: {}, answer: [200] },
  {
    title: "a function that depends on the request",
    options: domains("{findByHeader}"),
    headers: { "x-tenant": "a" },
    token: {},
    answer: [200],
  },
  {
    title: "a request of another tenant",
    options: domains("{findByHeader}"),
    headers: { "x-tenant": "b" },
    token: {},
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  {
    title: "a function that knows no issuer",
    options: domains(() => []),
    token: {},
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  {
    title: "a function that fails",
    options: domains(() => {
      throw new Error("database");
    }),
    token: {},
    answer: [503],
    ...outage,
  },
  { title: "a function that returns no list", options: domains(() => "{issuer}"), token: {}, answer: [500], ...outage },
  {
    title: "no token, and a function that fails",
    options: domains(() => Promise.reject(new Error("database"))),
    answer: [401],
  },
];
