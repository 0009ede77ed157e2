// The registered claims of a token, and its type.
import type { RequestRow } from "../_request-case.js";

export const registered: readonly RequestRow[] = [
  { title: "another issuer", token: { claims: { iss: "https://other.test/" } }, answer: [401, "invalid_token"] },
  { title: "the issuer without its slash", token: { claims: { iss: "{origin}" } }, answer: [401, "invalid_token"] },
  { title: "no issuer", token: { claims: { iss: undefined } }, answer: [401, "invalid_token"] },
  { title: "an issuer that is a list", token: { claims: { iss: ["{issuer}"] } }, answer: [401, "invalid_token"] },
  { title: "another audience", token: { claims: { aud: "https://other.test" } }, answer: [401, "invalid_token"] },
  { title: "no audience", token: { claims: { aud: undefined } }, answer: [401, "invalid_token"] },
  { title: "the audience among others", token: { claims: { aud: ["a", "{audience}"] } }, answer: [200] },
  { title: "a list of other audiences", token: { claims: { aud: ["a", "b"] } }, answer: [401, "invalid_token"] },
  { title: "an empty list of audiences", token: { claims: { aud: [] } }, answer: [401, "invalid_token"] },
  {
    title: "one of several accepted audiences",
    options: { audience: ["a", "{audience}"] },
    token: { claims: { aud: "a" } },
    answer: [200],
  },
  { title: "the audience with a slash", token: { claims: { aud: "{audience}/" } }, answer: [401, "invalid_token"] },
  { title: "an audience that is a number", token: { claims: { aud: 1 } }, answer: [401, "invalid_token"] },
  {
    title: "an audience in a list with a number",
    token: { claims: { aud: ["{audience}", 1] } },
    answer: [401, "invalid_token"],
    original: [200],
    difference: "forms of claims",
  },
  { title: "expired", token: { claims: { exp: { in: -60 } } }, answer: [401, "invalid_token"] },
  { title: "expired within the tolerance", token: { claims: { exp: { in: -2 } } }, answer: [200] },
  {
    title: "expired within a larger tolerance",
    options: { clockTolerance: 120 },
    token: { claims: { exp: { in: -60 } } },
    answer: [200],
  },
  {
    title: "expired without tolerance",
    options: { clockTolerance: 0 },
    token: { claims: { exp: { in: -2 } } },
    answer: [401, "invalid_token"],
  },
  { title: "no expiry", token: { claims: { exp: undefined } }, answer: [401, "invalid_token"] },
  { title: "an expiry that is text", token: { claims: { exp: "1" } }, answer: [401, "invalid_token"] },
  { title: "valid later", token: { claims: { nbf: { in: 60 } } }, answer: [401, "invalid_token"] },
  { title: "valid later, within the tolerance", token: { claims: { nbf: { in: 3 } } }, answer: [200] },
  { title: "valid before now", token: { claims: { nbf: { in: -60 } } }, answer: [200] },
  { title: "a beginning that is not a number", token: { claims: { nbf: false } }, answer: [401, "invalid_token"] },
  {
    title: "issued later",
    token: { claims: { iat: { in: 60 } } },
    answer: [401, "invalid_token"],
    original: [200],
    difference: "issued in the future",
  },
  { title: "issued later, within the tolerance", token: { claims: { iat: { in: 3 } } }, answer: [200] },
  { title: "no time of issue", token: { claims: { iat: undefined } }, answer: [200] },
  {
    title: "a time of issue that is text",
    token: { claims: { iat: "1" } },
    answer: [401, "invalid_token"],
    isWorded: true,
  },
  { title: "no subject", token: { claims: { sub: undefined } }, answer: [200] },
  { title: "a subject that is a number", token: { claims: { sub: 1 } }, answer: [401, "invalid_token"] },
  { title: "a client that is a number", token: { claims: { client_id: 1 } }, answer: [401, "invalid_token"] },
  { title: "an id that is a number", token: { claims: { jti: 1 } }, answer: [401, "invalid_token"] },
  {
    title: "a subject that is null",
    token: { claims: { sub: null } },
    answer: [200],
    original: [401, "invalid_token"],
    difference: "forms of claims",
  },
  { title: "young enough", options: { maxTokenAge: 60 }, token: {}, answer: [200] },
  {
    title: "too old",
    options: { maxTokenAge: 60 },
    token: { claims: { iat: { in: -120 } } },
    answer: [401, "invalid_token"],
  },
  {
    title: "an age that cannot be determined",
    options: { maxTokenAge: 60 },
    token: { claims: { iat: undefined } },
    answer: [401, "invalid_token"],
  },
];

export const types: readonly RequestRow[] = [
  { title: "JWT", token: {}, answer: [200] },
  { title: "at+jwt", token: { header: { typ: "at+jwt" } }, answer: [200] },
  { title: "no type", token: { header: { typ: undefined } }, answer: [200] },
  {
    title: "a logout token's type",
    token: { header: { typ: "logout+jwt" } },
    answer: [401, "invalid_token"],
    original: [200],
    difference: "other kinds of tokens",
  },
  {
    title: "a DPoP proof's type",
    token: { header: { typ: "dpop+jwt" } },
    answer: [401, "invalid_token"],
    original: [200],
    difference: "other kinds of tokens",
  },
  {
    title: "an ID token, by its nonce",
    token: { claims: { nonce: "n" } },
    answer: [401, "invalid_token"],
    original: [200],
    difference: "other kinds of tokens",
  },
  {
    title: "an ID token, by its hash of an access token",
    token: { claims: { at_hash: "h" } },
    answer: [401, "invalid_token"],
    original: [200],
    difference: "other kinds of tokens",
  },
  {
    title: "a logout token, by its events",
    token: { claims: { events: {} } },
    answer: [401, "invalid_token"],
    original: [200],
    difference: "other kinds of tokens",
  },
  { title: "an access token of Auth0", token: { claims: { azp: "client", scope: "openid profile" } }, answer: [200] },
];

const full = { client_id: "client", jti: "1" };

export const strict: readonly RequestRow[] = [
  {
    title: "all of RFC 9068",
    options: { strict: true },
    token: { header: { typ: "at+jwt" }, claims: full },
    answer: [200],
  },
  {
    title: "the long form of the type",
    options: { strict: true },
    token: { header: { typ: "application/at+jwt" }, claims: full },
    answer: [200],
  },
  {
    title: "the type in capitals",
    options: { strict: true },
    token: { header: { typ: "AT+JWT" }, claims: full },
    answer: [200],
  },
  { title: "another type", options: { strict: true }, token: { claims: full }, answer: [401, "invalid_token"] },
  {
    title: "no type",
    options: { strict: true },
    token: { header: { typ: undefined }, claims: full },
    answer: [401, "invalid_token"],
  },
  ...["sub", "client_id", "jti", "iat"].map(
    (name): RequestRow => ({
      title: `no ${name}`,
      options: { strict: true },
      token: { header: { typ: "at+jwt" }, claims: { ...full, [name]: undefined } },
      answer: [401, "invalid_token"],
    }),
  ),
  {
    title: "no jti, where that check is switched off",
    options: { strict: true, validators: { jti: false } },
    token: { header: { typ: "at+jwt" }, claims: { ...full, jti: undefined } },
    answer: [200],
  },
];
