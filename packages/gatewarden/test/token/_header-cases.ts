// What an attacker writes into a header: algorithms, key ids, keys, extensions, types.
import { createPublicKey } from "node:crypto";
import { encode, forge, signHmac, signRaw } from "../support/forge.js";
import { claims, ec, ed, jwks, rsa, stranger, token } from "../support/keys.js";
import { byValue, cases, type TokenCase } from "./_token-case.js";

const withHeader = (header: Record<string, unknown>): string =>
  token({}, { header: { alg: "ES256", kid: "ec", ...header }, alg: "ES256" });
const rawHeader = (header: string): string => signRaw(encode(header), encode(claims()), ec, "ES256");

const noneSpellings = ["none", "None", "NONE", "nOnE", "none ", " none", "\tnone", "none\n"];
const unsigned = (alg: string) => `${encode({ alg })}.${encode(claims())}.`;

const none: readonly TokenCase[] = [
  ...cases(
    "algorithm_none",
    byValue(noneSpellings, (alg) => `alg ${alg} without a signature`, unsigned),
  ),
  ...cases(
    "algorithm_none",
    byValue(
      noneSpellings,
      (alg) => `alg ${alg} with a signature`,
      (alg) => withHeader({ alg }),
    ),
  ),
  ...cases("token_malformed", {
    "an unsigned token of two parts": unsigned("none").slice(0, -1),
    "a good header with the signature stripped": `${token().split(".").slice(0, 2).join(".")}.`,
    "a good token of which only two parts are left": token().split(".").slice(0, 2).join("."),
  }),
];

const algorithmForms: readonly TokenCase[] = [
  ...cases(
    "token_malformed",
    byValue(
      [undefined, null, ["ES256"], { alg: "ES256" }, 256, true],
      (alg) => `alg ${alg}`,
      (alg) => withHeader({ alg }),
    ),
  ),
  ...cases(
    "algorithm_not_allowed",
    byValue(
      [
        ...["", "es256", "ES256 ", " ES256", "ES256\u0000", "Es256", "ES256K", "RS1", "dir", "RSA-OAEP", "A256GCM"],
        ...["__proto__", "toString", "constructor", "hasOwnProperty", "HS256", "HS384", "HS512", "Ed448", "ＥＳ256"],
      ],
      (alg) => `alg ${alg}`,
      (alg) => withHeader({ alg }),
    ),
  ),
];

const mismatches = cases("key_unsuitable", {
  "ES256 that names an RSA key": token({}, { header: { alg: "ES256", kid: "rsa" }, key: ec }),
  "RS256 that names an EC key": token({}, { header: { alg: "RS256", kid: "ec" }, key: rsa }),
  "ES384 that names a P-256 key": token({}, { header: { alg: "ES384", kid: "ec" }, key: ec }),
  "EdDSA that names an EC key": token({}, { header: { alg: "EdDSA", kid: "ec" }, key: ed }),
  "ES256 that names an Ed25519 key": token({}, { header: { alg: "ES256", kid: "ed" }, key: ec }),
});

/** Every spelling of a public key that somebody might take for an HMAC secret (CVE-2015-9235 and its many successors). */
const publicSpellings: Readonly<Record<string, string | Uint8Array>> = {
  "RSA PEM": pem(),
  "RSA PEM without the last line break": pem().trim(),
  "RSA PEM with CRLF": pem().replaceAll("\n", "\r\n"),
  "RSA PEM after a blank": ` ${pem()}`,
  "RSA PEM without armour": pem().replaceAll(/-----[^-]+-----|\n/g, ""),
  "PKCS#1 PEM": rsa.publicKey.export({ type: "pkcs1", format: "pem" }),
  "PKCS#1 DER": rsa.publicKey.export({ type: "pkcs1", format: "der" }),
  "SPKI DER": rsa.publicKey.export({ type: "spki", format: "der" }),
  "EC PEM": ec.publicKey.export({ type: "spki", format: "pem" }),
  "JWK as JSON": JSON.stringify(rsa.jwk),
  "JWK Set as JSON": JSON.stringify(jwks),
  "the modulus": Buffer.from(rsa.jwk.n ?? "", "base64url"),
  "the modulus as text": rsa.jwk.n ?? "",
  "x and y": Buffer.concat([Buffer.from(ec.jwk.x ?? "", "base64url"), Buffer.from(ec.jwk.y ?? "", "base64url")]),
  "the raw Ed25519 key": Buffer.from(ed.jwk.x ?? "", "base64url"),
  "the empty secret": "",
  "the text undefined": "undefined",
  "the text null": "null",
};

function pem(): string {
  return createPublicKey({ key: rsa.jwk, format: "jwk" }).export({ type: "spki", format: "pem" }).toString();
}

const confusion: readonly TokenCase[] = ["HS256", "HS384", "HS512"].flatMap((alg) =>
  ["rsa", "ec", "ed", "nobody's", undefined].flatMap((kid) =>
    Object.entries(publicSpellings).map(([name, secret]) => {
      const input = `${encode({ alg, kid })}.${encode(claims())}`;
      return {
        name: `${alg} with ${name} for a secret and kid ${kid ?? "absent"}`,
        token: `${input}.${signHmac(alg, secret, input).toString("base64url")}`,
        expected: "algorithm_not_allowed" as const,
      };
    }),
  ),
);

const keyIds: readonly TokenCase[] = [
  ...cases("accepted", { "no kid, where one key fits": token({}, { header: { alg: "ES256" } }) }),
  ...cases(
    "token_malformed",
    byValue(
      [1, 0, true, false, ["ec"], { ec: 1 }],
      (kid) => `kid ${kid}`,
      (kid) => withHeader({ kid }),
    ),
  ),
  ...cases(
    "key_unknown",
    byValue(
      [
        ...["nobody's", "EC", "ec ", " ec", "ec\u0000", "ec\r\nx: y", "__proto__", "constructor", "toString", ""],
        ...["../../../../dev/null", "/etc/passwd", "ec' OR '1'='1", "https://evil.test/key", "ес", "k".repeat(5000)],
      ],
      (kid) => `kid ${kid}`,
      (kid) => withHeader({ kid }),
    ),
  ),
  ...cases("signature_invalid", {
    "another key's kid": token({}, { header: { alg: "ES256", kid: "ec" }, key: stranger }),
  }),
  ...cases("token_too_large", { "a kid of 100 kB": withHeader({ kid: "k".repeat(100_000) }) }),
];

const suppliedKeys: Readonly<Record<string, Record<string, unknown>>> = {
  jwk: { jwk: stranger.jwk },
  "jwk with private members": { jwk: stranger.privateKey.export({ format: "jwk" }) },
  jku: { jku: "http://127.0.0.1:9/jwks" },
  "jku with a user name": { jku: "https://issuer.test@127.0.0.1:9/jwks" },
  x5u: { x5u: "http://127.0.0.1:9/chain.pem" },
  x5c: { x5c: [stranger.publicKey.export({ type: "spki", format: "der" }).toString("base64")] },
  "everything at once": { jwk: stranger.jwk, jku: "http://127.0.0.1:9/", x5u: "http://127.0.0.1:9/", x5c: ["AA=="] },
};
const own = (header: Record<string, unknown>) => forge({ header, payload: claims(), key: stranger, alg: "ES256" });

const headerKeys: readonly TokenCase[] = Object.entries(suppliedKeys).flatMap(([name, header]) => [
  { name: `a key in ${name}, no kid`, token: own({ alg: "ES256", ...header }), expected: "signature_invalid" },
  {
    name: `a key in ${name}, trusted kid`,
    token: own({ alg: "ES256", kid: "ec", ...header }),
    expected: "signature_invalid",
  },
  { name: `a key in ${name}, own kid`, token: own({ alg: "ES256", kid: "x", ...header }), expected: "key_unknown" },
  { name: `a good signature beside ${name}`, token: withHeader(header), expected: "accepted" },
]);

const critical: readonly TokenCase[] = [
  ...cases(
    "critical_header_unsupported",
    byValue(
      [["x"], [], "x", {}, 1, null, ["alg"], ["exp", "exp"], ["b64"], ["__proto__"], ["toString"], ["absent"], false],
      (crit) => `crit ${crit}`,
      (crit) => withHeader({ crit, x: 1, exp: 1 }),
    ),
  ),
  ...cases("critical_header_unsupported", {
    "b64 false with crit and an encoded payload": withHeader({ b64: false, crit: ["b64"] }),
    "b64 false with crit and a raw payload": signRaw(
      encode({ alg: "ES256", kid: "ec", b64: false, crit: ["b64"] }),
      JSON.stringify(claims({ iss: "x", aud: "y" })).replaceAll(".", ""),
      ec,
      "ES256",
    ),
    "700 critical names": withHeader({ crit: Array(700).fill("x") }),
  }),
  ...cases(
    "critical_header_unsupported",
    {
      ...byValue(
        [false, true, null, "false"],
        (b64) => `b64 ${b64} without crit`,
        (b64) => withHeader({ b64 }),
      ),
      "b64 true with crit": withHeader({ b64: true, crit: ["b64"] }),
    },
    "no token may carry b64 (RFC 7797 §7)",
  ),
  ...cases("token_malformed", {
    "a detached payload": signRaw(encode({ alg: "ES256", kid: "ec" }), "", ec, "ES256"),
  }),
];

const once = "each member is named once";
const duplicates = cases(
  "token_malformed",
  {
    "alg twice, last good": rawHeader('{"alg":"none","alg":"ES256","kid":"ec"}'),
    "alg twice, equal": rawHeader('{"alg":"ES256","alg":"ES256","kid":"ec"}'),
    "alg twice, one of them escaped": rawHeader('{"\\u0061lg":"HS256","alg":"ES256","kid":"ec"}'),
    "kid twice": rawHeader('{"alg":"ES256","kid":"x","kid":"ec"}'),
    "kid twice, with blanks": rawHeader('{"alg":"ES256","kid"\n:"x","kid" \t:"ec"}'),
    "typ twice": rawHeader('{"alg":"ES256","typ":"dpop+jwt","typ":"JWT","kid":"ec"}'),
    "a member twice within jwk": rawHeader('{"alg":"ES256","kid":"ec","jwk":{"kty":"EC","kty":"RSA"}}'),
    "__proto__ twice": rawHeader('{"alg":"ES256","kid":"ec","__proto__":1,"__proto__":{"alg":"none"}}'),
  },
  once,
);
const firstBad = cases("token_malformed", {
  "alg twice, first good": rawHeader('{"alg":"ES256","alg":"none","kid":"ec"}'),
  "crit twice": rawHeader('{"alg":"ES256","kid":"ec","crit":["x"],"crit":["y"]}'),
});
const colons = cases("accepted", {
  "colons, quotes and backslashes inside of strings": rawHeader('{"alg":"ES256","kid":"ec","x":"a\\":\\\\","y":":"}'),
});

const typeRule = "only access-token types are accepted (RFC 8725 §3.11)";
const types: readonly TokenCase[] = [
  ...cases(
    "accepted",
    byValue(
      [
        "at+jwt",
        "AT+JWT",
        "application/at+jwt",
        "Application/AT+JWT",
        "JWT",
        "jwt",
        "application/jwt",
        undefined,
        null,
      ],
      (typ) => `typ ${typ}`,
      (typ) => withHeader({ typ }),
    ),
  ),
  ...cases(
    "type_not_allowed",
    byValue(
      [
        ...["dpop+jwt", "token-introspection+jwt", "client-authentication+jwt", "oauth-authz-req+jwt", "kb+jwt"],
        ...["", "at+jwt ", " JWT", "at+jwt\u0000", "application/at+jwt; charset=utf-8", "JOSE", "x", "__proto__"],
      ],
      (typ) => `typ ${typ}`,
      (typ) => withHeader({ typ }),
    ),
    typeRule,
  ),
  ...cases(
    "logout_token",
    byValue(
      ["logout+jwt", "LOGOUT+JWT", "secevent+jwt", "application/logout+jwt"],
      (typ) => `typ ${typ}`,
      (typ) => withHeader({ typ }),
    ),
    typeRule,
  ),
  ...cases(
    "token_malformed",
    byValue(
      [1, false, ["at+jwt"], { typ: "JWT" }],
      (typ) => `typ ${typ}`,
      (typ) => withHeader({ typ }),
    ),
    "header parameters have the type that RFC 7515 gives them",
  ),
];

export const headerCases: readonly TokenCase[] = [
  ...none,
  ...algorithmForms,
  ...mismatches,
  ...confusion,
  ...keyIds,
  ...headerKeys,
  ...critical,
  ...duplicates,
  ...firstBad,
  ...colons,
  ...types,
];
