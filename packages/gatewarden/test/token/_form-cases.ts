// How a token is written down: parts, base64url, UTF-8, JSON. Whatever can be signed as it stands is signed by a trusted key.
import { encode, signRaw, signText } from "../support/forge.js";
import { claims, ec, token } from "../support/keys.js";
import { byValue, cases, type TokenCase } from "./_token-case.js";

const header = encode({ alg: "ES256", kid: "ec" });
const signed = (payload: string): string => signRaw(header, payload, ec, "ES256");
const good = token();
const [goodHeader = "", goodPayload = "", goodSignature = ""] = good.split(".");
const json = JSON.stringify(claims());

/** The same bytes with the unused low bits of the last character set. */
function strayBits(part: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  if (part.length % 4 === 0) throw new RangeError("A part without unused bits");
  return part.slice(0, -1) + alphabet[alphabet.indexOf(part.at(-1) ?? "") + 1];
}

/** JSON that is padded with blanks until its base64url form leaves bits unused. */
function padJson(text: string, remainder: number): string {
  return text + " ".repeat((remainder - (Buffer.byteLength(text) % 3) + 3) % 3);
}

const segments: readonly TokenCase[] = [
  ...cases("token_opaque", {
    "the empty token": "",
    "an opaque token": "v2.local-opaque".replace(".", "_"),
    "one part of a token": goodPayload,
    "text undefined": "undefined",
  }),
  ...cases("token_encrypted", {
    "five parts": `${good}.a.b`,
    "five empty parts": "....",
    "a direct JWE": `${encode({ alg: "dir", enc: "A256GCM" })}..${encode("iv")}.${encode("text")}.${encode("tag")}`,
    "a JWE with a compression bomb": `${encode({ alg: "dir", enc: "A256GCM", zip: "DEF" })}..aaaa.${"A".repeat(4000)}.aa`,
    "a JWE with 2^31 rounds of PBES2": `${encode({ alg: "PBES2-HS256+A128KW", enc: "A128GCM", p2c: 2 ** 31 })}.a.b.c.d`,
    "a JWE around an unsigned token": `${encode({ alg: "RSA-OAEP", enc: "A256GCM", cty: "JWT" })}.a.b.${encode({ alg: "none" })}.e`,
  }),
  ...cases("token_malformed", {
    "two parts": `${goodHeader}.${goodPayload}`,
    "four parts": `${good}.`,
    "six parts": `${good}.a.b.c`,
    "seven parts": `${good}.a.b.c.d`,
    "two dots": "..",
    "an empty header": `.${goodPayload}.${goodSignature}`,
    "a dot in front": `.${good}`,
    "8,000 dots": ".".repeat(8000),
    "the flattened JSON form": JSON.stringify({
      protected: goodHeader,
      payload: goodPayload,
      signature: goodSignature,
    }).replace("{", "{.."),
    "an SD-JWT suffix": `${good}~`,
    "an SD-JWT with a disclosure": `${good}~${encode(["salt", "sub", "x"])}~`,
  }),
];

const oneSpelling = "base64url has one spelling per value";
const badPart: Readonly<Record<string, (part: string) => string>> = {
  "padding with =": (part) => `${part}=`,
  "padding with ==": (part) => `${part}==`,
  "a blank inside": (part) => `${part.slice(0, 4)} ${part.slice(4)}`,
  "a blank in front": (part) => ` ${part}`,
  "a line break at the end": (part) => `${part}\n`,
  "a line break inside": (part) => `${part.slice(0, 4)}\r\n${part.slice(4)}`,
  "a tab": (part) => `${part}\t`,
  "a question mark": (part) => `${part}?`,
  "a NUL": (part) => `${part}\u0000`,
  "a tilde": (part) => `${part}~`,
  "a no-break space": (part) => `${part}\u00a0`,
  "a letter of another script": (part) => `${part.slice(0, 4)}е${part.slice(4)}`,
  "a full-width letter": (part) => `${part}Ａ`,
  "a percent escape": (part) => `${part}%3D`,
  "a zero-width space": (part) => `${part}\u200b`,
  "a character that is a base64url one but for its high byte": (part) => `${part.slice(0, -1)}Ł`,
};

const alphabet: readonly TokenCase[] = Object.entries(badPart).flatMap(([what, spoil]) =>
  cases(
    "token_malformed",
    {
      [`${what} in the header`]: signRaw(spoil(goodHeader), goodPayload, ec, "ES256"),
      [`${what} in the payload`]: signed(spoil(goodPayload)),
      [`${what} in the signature`]: `${goodHeader}.${goodPayload}.${spoil(goodSignature)}`,
    },
    oneSpelling,
  ),
);

const standard = signText("ES256", ec.privateKey, "x");
const canonical: readonly TokenCase[] = [
  ...cases(
    "token_malformed",
    {
      "stray bits in the signature": `${goodHeader}.${goodPayload}.${strayBits(goodSignature)}`,
      "two unused bits set in the payload": signed(strayBits(encode(padJson(json, 2)))),
      "four unused bits set in the payload": signed(strayBits(encode(padJson(json, 1)))),
      "unused bits set in the header": signRaw(
        strayBits(encode(padJson('{"alg":"ES256","kid":"ec"}', 1))),
        goodPayload,
        ec,
        "ES256",
      ),
    },
    oneSpelling,
  ),
  ...cases("token_malformed", {
    "a part of 4n+1 characters": signed(`${encode(padJson(json, 0))}A`),
    "text in front of the token": `x ${good}`,
    "the scheme in the token": `Bearer ${good}`,
    "quotes around the token": `"${good}"`,
    "another token behind a comma": `${goodHeader}.${goodPayload}.${goodSignature},${goodSignature}`,
    "the standard alphabet": `${goodHeader}.${goodPayload}.${standard.toString("base64").replaceAll("=", "").slice(0, -2)}+/`,
  }),
];

const user = (bytes: readonly number[]): Buffer =>
  Buffer.concat([
    Buffer.from(`${JSON.stringify(claims({ sub: undefined })).slice(0, -1)},"sub":"a`),
    Buffer.from(bytes),
    Buffer.from('"}'),
  ]);

const utf8 = cases(
  "token_malformed",
  byValue(
    [
      ...[[0xff], [0xc3], [0xe2, 0x82], [0xc0, 0xaf], [0xe0, 0x80, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]],
      ...[[0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], [0x80], [0xf0, 0x9f, 0x98]],
    ],
    (bytes) => `a subject with the bytes ${bytes}`,
    (bytes) => signed(user(bytes).toString("base64url")),
  ),
).concat(
  cases("token_malformed", {
    "a payload in UTF-16": signed(Buffer.from(json, "utf16le").toString("base64url")),
    "a header in UTF-16": signRaw(
      Buffer.from('{"alg":"ES256"}', "utf16le").toString("base64url"),
      goodPayload,
      ec,
      "ES256",
    ),
  }),
  cases(
    "token_malformed",
    {
      "a byte order mark before the payload": signed(encode(`\ufeff${json}`)),
      "a byte order mark before the header": signRaw(
        encode('\ufeff{"alg":"ES256","kid":"ec"}'),
        goodPayload,
        ec,
        "ES256",
      ),
    },
    "JSON texts start without a byte order mark (RFC 8259 §8.1)",
  ),
  cases("accepted", {
    "a subject beyond ASCII": signed(encode(JSON.stringify(claims({ sub: "zoë|日本|😀" })))),
  }),
);

const objects: readonly TokenCase[] = [
  ...cases(
    "token_malformed",
    byValue(
      [
        ...[
          "[]",
          `[${json}]`,
          '"text"',
          "null",
          "1",
          "true",
          "",
          " ",
          "{",
          json.slice(0, -1),
          `${json}x`,
          `${json}\u0000`,
        ],
        ...[`${json}${json}`, `${json},`, `//\n${json}`, "NaN", '{"exp":NaN}', '{"exp":Infinity}', "{'iss':'x'}"],
        ...[
          '{"exp":01}',
          '{"exp":+1}',
          '{"exp":.5}',
          '{iss:"x"}',
          '{"iss":"x",}',
          good,
          encode(json),
          '{"a":"\u0001"}',
        ],
      ],
      (text) => `the payload ${text}`,
      (text) => signed(encode(text)),
    ),
  ),
  ...cases(
    "token_malformed",
    byValue(
      ["[]", '["ES256"]', '"ES256"', "null", "1", "", '{"alg":"ES256","kid":"ec"', '{"alg":"ES256","kid":"ec"}x'],
      (text) => `the header ${text}`,
      (text) => signRaw(encode(text), goodPayload, ec, "ES256"),
    ),
  ),
  ...cases("claim_missing", { "an empty payload object": signed(encode("{}")) }),
];

const raw = (more: string): string => signed(encode(`${json.slice(0, -1)},${more}}`));
const duplicates = cases(
  "token_malformed",
  {
    "sub twice": raw('"sub":"admin"'),
    "exp twice": raw(`"exp":${Number.MAX_SAFE_INTEGER}`),
    "iss twice": raw('"iss":"https://issuer.test/"'),
    "aud twice": raw('"aud":"https://api.test"'),
    "aud twice, one of them escaped": raw('"\\u0061ud":"https://api.test"'),
    "sub twice, wholly escaped": raw('"\\u0073\\u0075\\u0062":"admin"'),
    "a member twice, nested": raw('"act":{"sub":"a","sub":"b"}'),
    "a member twice, nested in a list": raw('"x":[1,{"a":[{"b":1,"b":2}]}]'),
    "a member twice, in an object that is itself overwritten": raw('"x":{"a":1},"x":{"b":1}'),
    "a member twice, with an empty name": raw('"":1,"":2'),
    "a member twice, with a quote in its name": raw('"a\\"":1,"a\\"":2'),
    "__proto__ twice": raw('"__proto__":{},"__proto__":{}'),
    "an index twice": raw('"0":1,"0":2'),
  },
  "each member is named once",
);

const surrogates = cases(
  "token_malformed",
  byValue(
    ['"sub":"\\ud800"', '"x":"a\\uDFFFb"', '"x":"\\udc00\\ud800"', '"\\uD83D":1', '"x":[{"y":["\\\\\\ud83d"]}]'],
    (member) => `an unpaired surrogate in ${member}`,
    (member) => signed(encode(`${JSON.stringify(claims({ sub: undefined })).slice(0, -1)},${member}}`)),
  ),
  "strings can be written as UTF-8 (RFC 8259 §8.2)",
);

const depth = (levels: number) => `"x":${"[".repeat(levels)}${"]".repeat(levels)}`;
const shapes: readonly TokenCase[] = [
  ...duplicates,
  ...surrogates,
  ...cases("accepted", {
    "an escaped pair of surrogates": raw('"x":"\\ud83d\\ude00"'),
    "text that only spells an escape": raw('"x":"\\\\ud800","y":"\\ud83d\\ude00 \\\\ud800"'),
    "the same name on two levels": raw('"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]'),
    "colons and braces inside of strings": raw('"a":"\\":\\"","b":"\\\\","c:":":{}:","d\\\\":[":",":"]'),
    "names that differ in escapes only by look": raw('"su\\u0062x":1,"subx2":2'),
    "30 levels of nesting": raw(depth(30)),
  }),
  ...cases(
    "token_malformed",
    { "40 levels of nesting": raw(depth(40)), "2,000 levels": raw(depth(2000)) },
    "nesting is limited",
  ),
];

export const formCases: readonly TokenCase[] = [...segments, ...alphabet, ...canonical, ...utf8, ...objects, ...shapes];
