// What can be done to a draft. Each changes one thing; a case has none to four of them.

import { asymmetric, audience, issuer, start } from "./configurations.mjs";
import { distortions, oddMembers, oddValues, spellString } from "./json-text.mjs";
import { mutateKeySet } from "./key-mutations.mjs";
import { dress } from "./kind-mutations.mjs";
import { signatureChanges } from "./signature-changes.mjs";
import {
  ecOther,
  ecSigner,
  edOther,
  exponentOne,
  hmac,
  mac,
  often,
  published,
  rsaSigner,
  smallOrder,
  weak,
} from "./signers.mjs";
import { tokenMutations } from "./token-mutations.mjs";

/** @typedef {import("./draft.mjs").Draft} Draft */
/** @typedef {import("./random.mjs").Random} Random */
/** @typedef {(random: Random, draft: Draft) => void} Mutation */

export const algorithmNames = [
  ...asymmetric,
  ...[
    "HS256",
    "HS384",
    "HS512",
    "none",
    "None",
    "NONE",
    "nOnE",
    "none ",
    " none",
    "",
    "rs256",
    "ES256 ",
    "ES256K",
    "ML-DSA-44",
    "RSA-OAEP",
  ],
  ...["__proto__", "constructor", "toString"],
];
const types = [
  ...[
    "JWT",
    "jwt",
    "at+jwt",
    "AT+JWT",
    "application/at+jwt",
    "application/jwt",
    "Application/AT+JWT",
    "at+jwt ",
    "dpop+jwt",
  ],
  ...["logout+jwt", "secevent+jwt", "id_token+jwt", "JOSE", "", "text/at+jwt", "token-introspection+jwt"],
];
const attackerKeys = ["jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256"];
const registered = ["iss", "aud", "exp", "nbf", "iat", "sub", "jti", "client_id", "azp", "scope", "typ"];
const markers = [
  "nonce",
  "at_hash",
  "c_hash",
  "s_hash",
  "events",
  "cnf",
  "act",
  "may_act",
  "auth_time",
  "sid",
  "permissions",
  "scp",
];
/** Around the tolerances of all configurations. */
const offsets = [
  -3600, -61, -60, -59, -6, -5.5, -5, -4.999, -4, -1, -0.5, 0, 0.5, 1, 4, 5, 5.001, 5.5, 6, 59, 60, 60.5, 61, 3600, 1e9,
  1e15,
];

/** @param {string} text */
const variants = (text) => [
  ...[
    `${text}/`,
    text.slice(0, -1),
    text.toUpperCase(),
    ` ${text}`,
    `${text} `,
    `${text}\u0000`,
    `${text}.evil.test`,
    `x${text}`,
    `${text}#`,
  ],
  ...[
    text.replace("https", "http"),
    text.replace("i", "\u0456"),
    `${text},${text}`,
    `${text} ${text}`,
    JSON.stringify([text]),
    encodeURI(text),
  ],
];
const issuers = [issuer, ...variants(issuer)];
const audiences = [audience, "urn:api", "*", "", ...variants(audience)];

/** @param {Random} random @param {Draft} draft */
function oddOrOther(random, draft) {
  return random.chance(70) ? random.pick(oddValues) : random.pick(Object.values(draft.claims));
}

/** @type {readonly Mutation[]} */
const headerMutations = [
  (random, { header }) => {
    header["alg"] = random.pick(algorithmNames);
  },
  (random, { header }) => {
    header["typ"] = random.pick(types);
  },
  (random, { header }) => {
    header["kid"] = random.pick([...published, ecOther, edOther, weak, hmac]).kid;
  },
  (random, { header }) => {
    header["kid"] = random.pick(["", "EC", "ec ", "ec\u0000", "../ec", "__proto__", "constructor", "x".repeat(5000)]);
  },
  (random, { header }) => {
    header[random.pick(["alg", "kid", "typ", "cty"])] = random.pick(oddValues);
  },
  (random, { header }) => {
    delete header[random.pick(["alg", "kid", "typ"])];
  },
  (random, { header }) => {
    const crit = [["b64"], ["exp"], [], ["b64", "b64"], ["x"], "b64", null, [1], ["alg"], ["__proto__"], {}];
    header["crit"] = random.pick(crit);
    if (random.chance(70)) header["b64"] = random.pick([true, true, false, null, "true"]);
    if (random.chance(30)) header["x"] = 1;
  },
  (random, { header }) => {
    header["b64"] = random.pick([true, false, null, 0]);
  },
  (random, { header }) => {
    header[random.pick(attackerKeys)] = random.pick([ecOther.jwk, "https://evil.test/jwks", ["AAAA"], null, 1]);
  },
  (random, draft) => {
    draft.signer = random.pick([ecOther, edOther, exponentOne, smallOrder, hmac, random.pick([weak, ...often])]);
  },
  (random, draft) => {
    draft.signer = random.pick(often);
    Object.assign(draft.header, { kid: draft.signer.kid, alg: random.pick([draft.signer.alg, ...asymmetric]) });
  },
  confuse,
];

/** A public key as HMAC secret, in the forms that libraries have fallen for (CVE-2015-9235, CVE-2016-10555). @type {Mutation} */
function confuse(random, draft) {
  const { jwk } = random.pick([rsaSigner, ecSigner]);
  const key = random.pick([JSON.stringify(jwk), String(jwk["n"] ?? jwk["x"]), "", "undefined", "secret"]);
  const alg = random.pick(["HS256", "HS384", "HS512"]);
  draft.header["alg"] = alg;
  draft.signatures.push((_made, input) => mac(alg, key, input));
}

/** @type {readonly Mutation[]} */
const claimMutations = [
  dress,
  dress,
  (random, draft) => {
    draft.claims[random.pick(registered)] = oddOrOther(random, draft);
  },
  (random, draft) => {
    draft.claims[random.pick(markers)] = oddOrOther(random, draft);
  },
  (random, { claims }) => {
    delete claims[random.pick(registered)];
  },
  (random, { claims }) => {
    claims[random.pick(registered)] = null;
  },
  (random, { claims }) => {
    let act = random.pick([undefined, null, ...oddValues]);
    for (let levels = random.pick([1, 1, 2, 3, 8]); levels > 0; levels--) {
      const name = random.pick(["sub", "sub", "iss", "client_id", "exp"]);
      act = { [name]: random.chance(80) ? "agent" : random.pick(oddValues), ...(act !== undefined && { act }) };
    }
    claims["act"] = act;
  },
  (random, { claims }) => {
    claims[random.pick(["exp", "nbf", "iat"])] = start + random.pick(offsets);
  },
  (random, { claims }) => {
    claims[random.pick(["exp", "nbf", "iat"])] = String(start + random.pick(offsets));
  },
  (random, draft) => {
    draft.now = start + 300 + Math.floor(random.pick(offsets.slice(0, 24)));
  },
  (random, draft) => {
    draft.now = start + Math.floor(random.pick(offsets.slice(0, 24)));
  },
  (random, { claims }) => {
    claims["iss"] = random.pick(issuers);
  },
  (random, { claims }) => {
    claims["aud"] = random.pick(audiences);
  },
  (random, { claims }) => {
    claims["aud"] = Array.from({ length: random.below(5) }, () =>
      random.pick([...audiences, ...(random.chance(40) ? oddValues : [])]),
    );
  },
  (random, { claims }) => {
    claims[random.pick(["azp", "client_id"])] = random.pick([audience, "client", claims["aud"], 1]);
  },
  (random, { claims }) => {
    claims["scope"] = random.pick(["read", "openid", "", ["read"], null]);
  },
  (random, { claims }) => {
    claims["cnf"] = random.pick([{ jkt: "x" }, { "x5t#S256": "x" }, { jkt: "A".repeat(43) }, {}, null, [], "x"]);
  },
  (random, { claims }) => {
    claims["padding"] = "x".repeat(random.pick([100, 5000, 11_900, 12_000, 12_100, 18_000]));
  },
  (random, { claims }) => {
    claims["padding"] = Array.from({ length: random.pick([10, 300]) }, (_, index) => index);
  },
];

/** @type {readonly Mutation[]} */
export const textMutations = [
  (random, draft) => {
    draft.respelt.add(random.pick(/** @type {const} */ (["payload", "payload", "header"])));
  },
  (random, draft) => {
    nameTwice(random, draft, "payload");
  },
  (random, draft) => {
    nameTwice(random, draft, "header");
  },
  (random, { texts }) => {
    random.pick([texts.payload, texts.payload, texts.header]).push(putIn(random, random.pick(oddMembers)));
  },
  (random, { texts }) => {
    random.pick([texts.payload, texts.payload, texts.header]).push(random.pick(distortions));
  },
];

/** One name twice, spelt alike or not, with the same value or another. @param {Random} random @param {Draft} draft @param {"payload" | "header"} part */
function nameTwice(random, draft, part) {
  const members = part === "payload" ? draft.claims : draft.header;
  const name = random.pick(Object.keys(members).concat("x"));
  const value = random.chance(50) ? members[name] : random.pick([...oddValues, issuer, audience, start + 300]);
  const spelt = random.chance(50) ? JSON.stringify(name) : spellString(random, name);
  draft.texts[part].push(putIn(random, `${spelt}${random.pick(["", " ", "\n"])}:${JSON.stringify(value ?? null)}`));
}

/** @param {Random} random @param {string} member @returns {(text: string) => string} */
function putIn(random, member) {
  return random.chance(50)
    ? (text) => text.replace("{", `{${member},`)
    : (text) => text.replace(/\}\s*$/, `,${member}}`);
}

/** @type {readonly Mutation[]} */
export const signatureMutations = [
  (random, { signatures }) => {
    signatures.push(random.pick(signatureChanges)(random));
  },
];

/** Claims most often, since all else refuses before them. */
const weighted = [
  ...Array(6).fill(claimMutations),
  ...Array(4).fill(headerMutations),
  ...Array(3).fill(textMutations),
  ...Array(2).fill(tokenMutations),
  signatureMutations,
  [mutateKeySet],
];
const counts = [0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4];

/** @type {Mutation} */
export function mutate(random, draft) {
  for (let left = random.pick(counts); left > 0; left--) random.pick(random.pick(weighted))(random, draft);
}
