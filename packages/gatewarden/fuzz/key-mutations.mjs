// What can be done to a key set: other metadata, other spellings, other keys under one id, keys that nobody should use.
import { oddValues } from "./json-text.mjs";
import { bystanders, crowd, ecOther, edOther, exponentOne, hmac, published, smallOrder, weak } from "./signers.mjs";

/** @typedef {import("./draft.mjs").Draft} Draft */
/** @typedef {import("./random.mjs").Random} Random */
/** @typedef {import("./signers.mjs").Members} Members */

const uses = ["sig", "enc", "SIG", "", "verify"];
const operations = [
  ["verify"],
  ["sign", "verify"],
  ["sign"],
  [],
  ["verify", "verify"],
  ["encrypt"],
  "verify",
  ["verify", 1],
  null,
  ["deriveBits", "verify"],
];
const names = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519", "HS256", "none", "RSA-OAEP", "ES256K", ""];
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const material = ["n", "e", "x", "y"];

/** @type {readonly ((random: Random, jwk: Members) => void)[]} */
export const jwkChanges = [
  (random, jwk) => {
    jwk["use"] = random.pick(uses);
  },
  (random, jwk) => {
    jwk["key_ops"] = random.pick(operations);
  },
  (random, jwk) => {
    jwk["alg"] = random.pick(names);
  },
  (random, jwk) => {
    jwk[random.pick(["use", "key_ops", "alg", "kid", "kty", "crv", "ext", "x5c"])] = random.pick(oddValues);
  },
  (random, jwk) => {
    delete jwk[random.pick(["kid", "kid", "kty", "crv", "x", "y", "n", "e"])];
  },
  (random, jwk) => {
    jwk["kid"] = random.pick(["ec", "ed", "rsa", "other", ""]);
  },
  (random, jwk) => {
    jwk[random.pick(privateMembers)] = random.pick(["AQ", "", "AAAA", null, 1, []]);
  },
  (random, jwk) => {
    jwk["kty"] = random.pick(["RSA", "EC", "OKP", "oct", "AKP", "rsa", "constructor"]);
  },
  (random, jwk) => {
    jwk["crv"] = random.pick(["P-256", "P-384", "P-521", "secp256k1", "Ed25519", "X25519", "Ed448", "p-256"]);
  },
  (random, jwk) => {
    if ("e" in jwk) jwk["e"] = random.pick(["AQ", "AA", "Ag", "Aw", "AAEAAQ", "AQAA", "AQAAAAAAAAAB"]);
  },
  (random, jwk) => respell(random, jwk),
  (random, jwk) => {
    Object.assign(jwk, random.pick([{ x5t: "x" }, { ext: true }, { ext: false }, { nbf: 1 }, { iss: "x" }]));
  },
];

/** @param {Random} random @param {Members} jwk */
function respell(random, jwk) {
  const name = random.pick(material.filter((one) => typeof jwk[one] === "string").concat("x"));
  const text = String(jwk[name] ?? "");
  const bytes = Buffer.from(text, "base64url");
  jwk[name] = random.pick([
    `${text}=`,
    `${text}==`,
    bytes.toString("base64"),
    ` ${text}`,
    `${text}\n`,
    text.slice(0, -1),
    `${text}A`,
    bytes.toString("hex"),
    Buffer.concat([Buffer.of(0), bytes]).toString("base64url"),
    Buffer.concat([bytes, Buffer.of(0)]).toString("base64url"),
    `${text.slice(0, -1)}${text.endsWith("A") ? "B" : "A"}`,
  ]);
}

/** @type {readonly ((random: Random, keys: unknown[], draft: Draft) => void)[]} */
const additions = [
  (random, keys) => {
    keys.push(structuredClone(random.pick(bystanders)));
  },
  (random, keys) => {
    keys.push({ ...random.pick(published).jwk });
  },
  (random, keys) => {
    keys.push({ ...random.pick([ecOther, edOther]).jwk, ...(random.chance(50) && { kid: random.pick(["ec", "ed"]) }) });
  },
  (random, keys) => {
    keys.push({ ...random.pick(published).privateJwk });
  },
  // A rotation: several keys for one algorithm, and tokens that need not say which one signed them.
  (random, keys, draft) => {
    draft.signer = random.pick(crowd);
    const kid = random.pick([undefined, undefined, undefined, draft.signer.kid, "shared"]);
    draft.header = { ...draft.header, alg: "ES256" };
    if (kid === undefined) delete draft.header["kid"];
    else draft.header["kid"] = kid;
    keys.push(...crowd.slice(random.below(3), 3 + random.below(3)).map(({ jwk }) => ({ ...jwk })));
    if (kid === "shared") keys.push({ ...draft.signer.jwk, kid }, { ...random.pick(crowd).jwk, kid });
  },
  // One key twice: to the letter, under another name, in other digits, with another word on its
  // use.
  (random, keys) => {
    const entry = random.pick(keys);
    if (typeof entry !== "object" || entry === null) return;
    const copy = /** @type {Members} */ ({ ...entry });
    const zero = (/** @type {unknown} */ text) =>
      Buffer.concat([Buffer.of(0), Buffer.from(String(text), "base64url")]).toString("base64url");
    random.pick([
      () => undefined,
      () => delete copy["kid"],
      () => Object.assign(copy, { kid: "again" }),
      () => Object.assign(copy, { use: "sig", x5c: null }),
      () => typeof copy["n"] === "string" && Object.assign(copy, { n: zero(copy["n"]) }),
      () => typeof copy["y"] === "string" && Object.assign(copy, { y: zero(copy["y"]) }),
    ])();
    keys.push(copy);
  },
  (random, keys, draft) => {
    draft.signer = random.pick([weak, exponentOne, smallOrder, edOther, hmac]);
    Object.assign(draft.header, { alg: draft.signer.alg, kid: draft.signer.kid });
    keys.push({ ...draft.signer.jwk });
  },
];

/** The signer's key and perhaps another, changed. Only where keys come as a set. @param {Random} random @param {Draft} draft */
export function mutateKeySet(random, draft) {
  if (draft.configuration.keySet === undefined) return;
  // Beside a secret the set is the others'.
  const { jwk } = draft.signer === hmac ? random.pick(published) : draft.signer;
  const keys = draft.keySet ?? [{ ...jwk }];
  for (let left = 1 + random.below(2); left > 0; left--) {
    const entry = random.pick(keys);
    if (random.chance(35)) random.pick(additions)(random, keys, draft);
    else if (typeof entry === "object" && entry !== null && !Array.isArray(entry))
      random.pick(jwkChanges)(random, /** @type {Members} */ (entry));
  }
  draft.keySet = keys;
}
