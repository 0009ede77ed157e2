// Requests to passport-jwt and to its drop-in, in the same configurations.
import { encode } from "../../support/forge.js";
import {
  audience,
  began,
  byEc,
  byRsa,
  certificate,
  type Entry,
  issuer,
  named,
  now,
  otherSecret,
  plain,
  rsa,
  sign,
  stranger,
  toPem,
  unsigned,
} from "../_kit.js";
import type { Configuration } from "./_configurations.js";

type Row = Omit<Entry<Configuration>, "name" | "config">;
type Rows = Readonly<Record<string, Row>>;

const expired = plain({ exp: began - 1000 });
const tampered = `${plain().slice(0, -4)}AAAA`;
const authorization = (value: string | readonly string[]): Row => ({ headers: { authorization: value } });

const table: Readonly<Partial<Record<Configuration, Rows>>> = {
  hs: {
    "a good token": { token: plain() },
    "a token with other claims": { token: plain({ admin: true, roles: ["a"], nested: { a: [1] } }) },
    "no header": {},
    "an empty header": authorization(""),
    "the scheme in capitals": authorization(`BEARER ${plain()}`),
    "another scheme": authorization("Basic dXNlcjpwYXNz"),
    "the scheme alone": authorization("Bearer"),
    "two blanks": authorization(`Bearer  ${plain()}`),
    "text behind the token": { ...authorization(`Bearer ${plain()} more`), differs: "header-form" },
    "a word before the scheme": authorization(`x Bearer ${plain()}`),
    "two tokens in two headers": {
      ...authorization([`Bearer ${plain()}`, `Bearer ${plain()}`]),
      differs: "two-headers",
    },
    "text that is not a token": { token: "abc" },
    "two parts of a token": { token: "abc.def" },
    "an encrypted token": { token: "a.b.c.d.e" },
    "a header that is not JSON": { token: `${encode("{")}.${encode({ sub: "u1" })}.AAAA` },
    "a payload that is a list": { token: sign([1]), differs: "strict-json" },
    "a member that is given twice": {
      token: sign(`{"sub":"u1","sub":"u2","exp":${began + 3600}}`),
      differs: "strict-json",
    },
    "no signature": { token: unsigned("HS256") },
    "the algorithm none": { token: unsigned("none") },
    "the algorithm none with a signature": { token: unsigned("none", "AAAA") },
    "a changed signature": { token: tampered },
    "another secret": { token: plain({}, { key: otherSecret }) },
    "another HMAC algorithm, since none is listed": { token: plain({}, { alg: "HS384" }), differs: "short-secret" },
    "an RSA token": { token: plain({}, byRsa) },
    "an expired token": { token: expired },
    "a token that expired a second ago": { token: () => plain({ exp: now() - 1 }), differs: "clock-tolerance" },
    "exp as text": { token: plain({ exp: "2099" }) },
    "no exp": { token: plain({ exp: undefined }), differs: "exp-required" },
    "nbf in the future": { token: plain({ nbf: began + 1000 }) },
    "iat in the future": { token: plain({ iat: began + 1000 }), differs: "issued-in-future" },
    "an issuer that is not asked for": { token: plain({ iss: "https://any.test/" }) },
    "an audience that is not asked for": { token: plain({ aud: "https://api.test" }), differs: "audience-unnamed" },
    "a critical extension": { token: plain({}, { header: { crit: ["exp"], exp: 1 } }), differs: "crit" },
    "a logout token": { token: plain({ events: { a: {} } }), differs: "token-kinds" },
    "an ID token": { token: plain({ nonce: "n", at_hash: "h" }), differs: "token-kinds" },
    "a type that is not a token's": { token: plain({}, { header: { typ: "dpop+jwt" } }), differs: "token-kinds" },
    "a token bound to a key": { token: plain({ cnf: { jkt: "abc" } }), differs: "bound-tokens" },
    "sub as a number": { token: plain({ sub: 7 }) },
    "jti as a number": { token: plain({ jti: 7 }), differs: "claim-types" },
  },
  algorithms: {
    "a good token": { token: plain() },
    "another HMAC algorithm": { token: plain({}, { alg: "HS384" }) },
  },
  bytes: { "a good token": { token: plain() }, "another secret": { token: plain({}, { key: otherSecret }) } },
  terms: {
    "a good token": { token: named() },
    "another issuer": { token: named({ iss: "https://other.test/" }) },
    "no issuer": { token: named({ iss: undefined }) },
    "another audience": { token: named({ aud: "https://other.test" }) },
    "no audience": { token: named({ aud: undefined }) },
    "one audience of two": { token: named({ aud: ["https://other.test", audience] }) },
  },
  audience: {
    "a good token": { token: plain({ aud: audience }) },
    "another audience": { token: plain({ aud: "https://b.test" }) },
  },
  issuer: {
    "a good token": { token: plain({ iss: issuer }) },
    "another issuer": { token: plain({ iss: "https://other.test/" }) },
  },
  rs: {
    "a good token": { token: plain({}, byRsa) },
    "another key": { token: plain({}, { ...byRsa, key: stranger }) },
    "the public key as a secret": { token: plain({}, { alg: "HS256", key: toPem(rsa) }) },
    "another RSA algorithm": { token: plain({}, { ...byRsa, alg: "RS512" }) },
  },
  anyRs: {
    "a good token": { token: plain({}, byRsa) },
    "another RSA algorithm": { token: plain({}, { ...byRsa, alg: "PS256" }) },
    "the public key as a secret": { token: plain({}, { alg: "HS256", key: toPem(rsa) }) },
    "no signature": { token: unsigned("none") },
  },
  es: { "a good token": { token: plain({}, byEc) }, "an RSA token": { token: plain({}, byRsa) } },
  certificate: { "a good token": { token: plain({}, { alg: "ES256", key: certificate.key }) } },
  inner: {
    "a good token": { token: plain() },
    "another subject": { token: plain({ sub: "u2" }) },
    "an old token": { token: plain({ iat: began - 9000 }) },
    "a token that expired a minute ago": { token: plain({ exp: began - 60 }) },
  },
  innerAudience: {
    "a good token": { token: plain({ aud: audience }) },
    "another audience": { token: plain({ aud: "https://other.test" }), differs: "inner-options" },
  },
  complete: { "a good token": { token: plain({}, { header: { kid: "k" } }) } },
  request: { "a good token": { token: plain() }, "no header": {} },
  noUser: { "a good token": { token: plain() } },
  noUserInfo: { "a good token": { token: plain() } },
  failing: { "a good token": { token: plain() }, "no header": {} },
  throwing: { "a good token": { token: plain() } },
  later: { "a good token": { token: plain() } },
  twice: { "a good token": { token: plain() } },
  header: {
    "a good token": { headers: { "x-token": plain() } },
    "an expired token": { headers: { "x-token": expired } },
    "a token where none is looked for": { token: plain() },
  },
  upperHeader: { "a good token": { headers: { "x-token": plain() }, differs: "header-case" } },
  body: {
    "a good token": { method: "POST", body: { token: plain() } },
    "a list": { method: "POST", body: { token: [plain()] } },
    "an object": { method: "POST", body: { token: { a: 1 } } },
    "no field": { method: "POST", body: { other: plain() } },
    "no body": { method: "POST" },
  },
  scheme: {
    "a good token": authorization(`JWT ${plain()}`),
    "the scheme in small letters": authorization(`jwt ${plain()}`),
    "the scheme Bearer": { token: plain() },
  },
  several: {
    "the first place": { token: plain() },
    "the second place": { headers: { "x-token": plain() } },
    "both: the first counts": { token: tampered, headers: { "x-token": plain() } },
    "no place": {},
  },
  own: {
    "a good token": { path: `/?token=${plain()}` },
    "two tokens": { path: `/?token=${plain()}&token=${plain()}` },
  },
  throwingExtractor: { "a good token": { token: plain() } },
  lookUp: {
    "the key a": { token: plain({}, { header: { kid: "a" } }) },
    "the key b": { token: plain({}, { header: { kid: "b" }, key: otherSecret }) },
    "a public key": { token: plain({}, byRsa) },
    "the secret of another kid": { token: plain({}, { header: { kid: "b" } }) },
    "a kid without a key": { token: plain({}, { header: { kid: "c" } }) },
    "a store that fails": { token: plain({}, { header: { kid: "boom" } }), differs: "outage" },
    "a secret that is too short": {
      token: plain({}, { header: { kid: "short" }, key: "short" }),
      differs: "provider-weak-key",
    },
    "text that is not a token": { token: "abc" },
  },
  lookUpList: {
    "the key a": { token: plain({}, { header: { kid: "a" } }) },
    "a public key as a secret": {
      token: plain({}, { alg: "HS256", key: toPem(rsa), header: { kid: "rsa" } }),
      differs: "messages",
    },
  },
  jwks: {
    "a good token": { token: named({}, byRsa) },
    "an unknown kid": { token: named({}, { ...byRsa, header: { kid: "unknown" } }) },
    "another key under a known kid": { token: named({}, { ...byRsa, key: stranger }) },
    "an algorithm that is not listed": { token: named({}, byEc) },
    "another audience": { token: named({ aud: "https://other.test" }, byRsa) },
    "no kid, and two keys of which one fits": { token: named({}, { ...byRsa, header: {} }), differs: "no-kid" },
    "no header": {},
  },
  foreignJwks: {
    "a good token": { token: named({}, byRsa) },
    "an unknown kid": { token: named({}, { ...byRsa, header: { kid: "unknown" } }) },
    "another key under a known kid": { token: named({}, { ...byRsa, key: stranger }) },
    "another issuer": { token: named({ iss: "https://other.test/" }, byRsa) },
  },
  outage: { "a good token": { token: named({}, byRsa), differs: "outage" }, "no header": {} },
};

export const requests: readonly Entry<Configuration>[] = Object.entries(table).flatMap(([config, rows]) =>
  Object.entries(rows).map(([name, row]) => ({ name: `${config}: ${name}`, config: config as Configuration, ...row })),
);
