// What stands in a payload: types, times, issuer, audience, and tokens that are made for something else.
import { start } from "../support/clock.js";
import { encode, signRaw } from "../support/forge.js";
import { audience, type Claims, ec, issuer, token } from "../support/keys.js";
import { byValue, cases, type TokenCase } from "./_token-case.js";

const raw = (payload: string): string => signRaw(encode({ alg: "ES256", kid: "ec" }), encode(payload), ec, "ES256");
const claim = (name: string) => (value: unknown) => token({ [name]: value });
const of = (name: string) => (value: string) => `${name} ${value}`;

const missing = cases("claim_missing", {
  "no iss": token({ iss: undefined }),
  "no aud": token({ aud: undefined }),
  "no exp": token({ exp: undefined }),
  "exp null": token({ exp: null }),
  "aud null": token({ aud: null }),
  "aud an empty list": token({ aud: [] }),
  "all claims only inside __proto__": raw(`{"__proto__":{"iss":"${issuer}","aud":"${audience}","exp":9999999999}}`),
  "all claims only inside constructor.prototype": raw(
    `{"constructor":{"prototype":{"iss":"${issuer}","aud":"${audience}","exp":9999999999}}}`,
  ),
  "exp only inside __proto__": raw(`{"iss":"${issuer}","aud":"${audience}","__proto__":{"exp":9999999999}}`),
});

const notNumbers = ["1900000000", "", false, true, [start + 300], { at: start + 300 }];
const registered = "registered claims have their registered type (RFC 7519 §4.1)";
const types: readonly TokenCase[] = [
  ...["exp", "nbf", "iat"].flatMap((name) => cases("claim_invalid", byValue(notNumbers, of(name), claim(name)))),
  ...cases("claim_invalid", {
    "exp 1e400": raw(`{"iss":"${issuer}","aud":"${audience}","exp":1e400}`),
    "aud a number": token({ aud: 1 }),
    "aud an object": token({ aud: { [audience]: 1 } }),
    "aud an array-like object": token({ aud: { 0: audience, length: 1 } }),
    "aud a nested list": token({ aud: [[audience]] }),
  }).map((one) => (one.name === "exp 1e400" ? { ...one, stricter: registered } : one)),
  ...cases(
    "claim_invalid",
    {
      "iat -1e400": raw(`{"iss":"${issuer}","aud":"${audience}","exp":${start + 300},"iat":-1e400}`),
      "nbf -1e400": raw(`{"iss":"${issuer}","aud":"${audience}","exp":${start + 300},"nbf":-1e400}`),
      "aud a list with a number": token({ aud: [audience, 1] }),
      "aud a list with null": token({ aud: [null, audience] }),
    },
    registered,
  ),
  ...["sub", "client_id", "azp", "jti"].flatMap((name) =>
    cases("claim_invalid", byValue([1, false, true, ["a"], { a: 1 }], of(name), claim(name)), registered),
  ),
];

const actorForm = "act names actors by text, at every level (RFC 8693 §4.1)";
const actors: readonly TokenCase[] = [
  ...cases(
    "accepted",
    byValue(
      [
        { sub: "orders-api" },
        { sub: "agent", iss: "https://other.test/", act: { sub: "orders-api" } },
        { client_id: "orders-api", act: { sub: "a", act: { sub: "b", act: { sub: "c", act: { sub: "d" } } } } },
        { sub: "agent", exp: "means nothing here", aud: 1 },
        { email: "agent@acme.test" },
        { sub: null, act: null },
        {},
        null,
      ],
      of("act"),
      claim("act"),
    ),
  ),
  ...cases("accepted", { "may_act, which is for the authorization server": token({ may_act: "orders-api" }) }),
  ...cases(
    "claim_invalid",
    byValue(
      [
        ...["orders-api", "", true, false, 0, 1, ["orders-api"], [{ sub: "orders-api" }]],
        ...[{ sub: 1 }, { sub: ["orders-api"] }, { sub: { sub: "orders-api" } }, { iss: 1 }, { client_id: [] }],
        ...[{ sub: "agent", act: "orders-api" }, { sub: "agent", act: [] }, { act: { act: { sub: false } } }],
      ],
      of("act"),
      claim("act"),
    ),
    actorForm,
  ),
];

const times: readonly TokenCase[] = [
  ...cases("accepted", {
    "expired by less than the tolerance": token({ exp: start - 4.5 }),
    "nbf ahead by exactly the tolerance": token({ nbf: start + 5 }),
    "iat ahead by exactly the tolerance": token({ iat: start + 5 }),
    "a fraction of a second": token({ exp: start + 0.5, iat: start - 0.5 }),
    "iat of 0": token({ iat: 0 }),
  }),
  ...cases("expired", {
    "expired by exactly the tolerance": token({ exp: start - 5 }),
    "expired by eight seconds": token({ exp: start - 8 }),
    "expired by a minute": token({ exp: start - 60 }),
    "exp of 0": token({ exp: 0 }),
    "exp in the distant past": token({ exp: -1e308 }),
    "exp before iat, both past": token({ exp: start - 100, iat: start - 50 }),
  }),
  ...cases("not_yet_valid", {
    "nbf ahead by more than the tolerance": token({ nbf: start + 5.5 }),
    "nbf a day ahead": token({ nbf: start + 86_400, exp: start + 90_000 }),
    "nbf in the distant future": token({ nbf: 1e308 }),
  }),
  ...cases(
    "issued_in_future",
    {
      "iat ahead by more than the tolerance": token({ iat: start + 5.5 }),
      "iat a day ahead": token({ iat: start + 86_400, exp: start + 90_000 }),
    },
    "a token is not issued in the future",
  ),
];

const issuers: readonly TokenCase[] = [
  ...cases(
    "issuer_untrusted",
    byValue(
      [
        ...[
          "https://issuer.test",
          "https://issuer.test//",
          "https://issuer.test/a",
          "https://ISSUER.test/",
          "issuer.test",
        ],
        ...["http://issuer.test/", "https://issuer.test:443/", "https://user@issuer.test/", "https://issuer.test./"],
        ...["https://issuer.test.evil.test/", "https://xissuer.test/", "https://evil.test/https://issuer.test/", ""],
        ...["https://іssuer.test/", "https://issuer。test/", "https://issuer%2etest/", "https://issuer.test/\u0000"],
        ...["https://issuer.test/ ", " https://issuer.test/", "https://issuerxtest/", "https://issuer.test/?", ".*"],
        ...["https://issuer.test/\n", "__proto__", "https://issuer.test/#", "https:\\\\issuer.test/"],
        ...[[issuer], [issuer, issuer], { 0: issuer }, null, 1, true],
      ],
      of("iss"),
      claim("iss"),
    ),
  ),
];

const audiences: readonly TokenCase[] = [
  ...cases("accepted", {
    "aud a list with the API's": token({ aud: ["https://other.test", audience] }),
    "aud a list of one": token({ aud: [audience] }),
    "the API's aud twice": token({ aud: [audience, audience] }),
  }),
  ...cases(
    "audience_mismatch",
    byValue(
      [
        ...[
          "https://api.tes",
          "https://api.test/",
          "https://api.test/v1",
          "https://API.test",
          "*",
          "",
          "https://*.test",
        ],
        ...[`${audience} https://other.test`, `${audience},https://other.test`, `["${audience}"]`, ` ${audience}`],
        ...["https://apixtest", `${audience}\u0000`, "user|1", "__proto__", [`${audience} x`], ["a", "b"], [""]],
      ],
      of("aud"),
      claim("aud"),
    ),
  ),
];

const client = "spa-client";
const purpose = "tokens for another purpose are no access tokens (RFC 8725 §3.12)";
const confusion: readonly TokenCase[] = [
  ...cases(
    "id_token",
    {
      "an ID token with a nonce": token({ nonce: "n" }),
      "an ID token with at_hash": token({ at_hash: "h" }),
      "an ID token with c_hash": token({ c_hash: "h" }),
      "an ID token with s_hash": token({ s_hash: "h" }),
      "an ID token for several audiences": token({ aud: [client, audience], azp: client }),
      "an ID token that says at+jwt": token({ at_hash: "h" }, { header: { alg: "ES256", kid: "ec", typ: "at+jwt" } }),
      "an ID token with a nonce and a scope for its client": token({
        aud: [client, audience],
        azp: client,
        nonce: "n",
        scope: "openid",
      }),
    },
    purpose,
  ),
  ...cases("id_token", { "an ID token for its client": token({ aud: client, azp: client }) }),
  ...cases(
    "id_token",
    {
      "an ID token of Cognito for this audience": token({ token_use: "id", scope: "a" }),
      "an ID token of Keycloak for this audience": token({ typ: "ID", scope: "a" }),
    },
    purpose,
  ),
  ...cases(
    "type_not_allowed",
    {
      "a refresh token that says so in token_use": token({ token_use: "refresh", scope: "a" }),
      "a token_use that is not a string": token({ token_use: ["access"], scope: "a" }),
      "a refresh token of Keycloak": token({ typ: "Refresh", scope: "a" }),
      "an offline token of Keycloak": token({ typ: "Offline", scope: "a" }),
    },
    purpose,
  ),
  ...cases("logout_token", { "a logout token of Keycloak": token({ typ: "Logout", scope: "a" }) }, purpose),
  ...cases(
    "logout_token",
    {
      "a logout token": token({ events: { "http://schemas.openid.net/event/backchannel-logout": {} }, sid: "s" }),
      "a security event token": token({ events: { "https://schemas.openid.net/secevent/risc": {} } }),
      "events that are false": token({ events: false }),
    },
    purpose,
  ),
  ...cases("issuer_untrusted", {
    "a client assertion": token({ iss: client, sub: client, aud: issuer, jti: "j" }),
  }),
  ...cases("audience_mismatch", {
    "a client assertion from the issuer itself": token({ iss: issuer, sub: client, aud: issuer, jti: "j" }),
    "a token for the userinfo endpoint": token({ aud: "https://issuer.test/userinfo", scope: "openid" }),
  }),
  ...cases("accepted", {
    "an access token that says so as Cognito does": token({ token_use: "access" }),
    "an access token that says so as introspection does": token({ token_use: "access_token" }),
    "a machine's token": token({ sub: "m2m@clients", azp: "m2m", gty: "client-credentials", scope: "read:all" }),
    "a token with the login's nonce that says at+jwt": token(
      { nonce: "n" },
      { header: { alg: "ES256", kid: "ec", typ: "at+jwt" } },
    ),
    "a token with the login's nonce that says Bearer as Keycloak does": token({ nonce: "n", typ: "Bearer" }),
    "a token with the login's nonce that grants a scope to another's API": token({
      azp: client,
      nonce: "n",
      scp: "read",
    }),
    "a token with a nonce that is null": token({ nonce: null }),
    "a token with events that are null": token({ events: null }),
    ...byValue(
      ["sub", "client_id", "azp", "jti"],
      (name) => `${name} null`,
      (name) => token({ [name]: null }),
    ),
    "a token whose client is also an audience, with a scope": token({
      aud: [audience, client],
      azp: client,
      scope: "",
    }),
  }),
];

const bound: readonly TokenCase[] = cases(
  "binding_unproven",
  byValue(
    [{ jkt: "x" }, { "x5t#S256": "x" }, { jwk: {} }, { unknown: 1 }, {}, null, "x", [], 0, false],
    (cnf) => `cnf ${cnf}`,
    (cnf) => token({ cnf }),
  ),
  "a bound token without its proof is no bearer token (RFC 9449 §7.2)",
);

const plain: Readonly<Record<string, Claims>> = {
  "a claim named __proto__": JSON.parse('{"__proto__":{"admin":true}}') as Claims,
  "a claim named hasOwnProperty": { hasOwnProperty: 1, toString: null, constructor: "x" },
  "a claim named then": JSON.parse('{"then":"x"}') as Claims,
};

export const claimsCases: readonly TokenCase[] = [
  ...actors,
  ...cases("accepted", { "the usual claims": token(), "no sub": token({ sub: undefined }) }),
  ...cases("accepted", Object.fromEntries(Object.entries(plain).map(([name, more]) => [name, token(more)]))),
  ...missing,
  ...types,
  ...times,
  ...issuers,
  ...audiences,
  ...confusion,
  ...bound,
];
