// What can be done to a proof's header: type, algorithm, extensions, and the key that it brings.
import { oddValues } from "./json-text.mjs";
import { jwkChanges } from "./key-mutations.mjs";
import { algorithmNames } from "./mutations.mjs";
import { senders, thumbprintOf } from "./proof-configurations.mjs";
import { ecOther, edOther, hmac, mac, often, published, rsaSigner } from "./signers.mjs";

/** @typedef {import("./proof-draft.mjs").ProofDraft} ProofDraft */
/** @typedef {import("./signers.mjs").Members} Members */
/** @typedef {import("./proof-mutations.mjs").Mutation} Mutation */

const types = [
  "dpop+jwt",
  "DPoP+JWT",
  "application/dpop+jwt",
  "Application/DPOP+jwt",
  "dpop",
  "JWT",
  "at+jwt",
  "dpop+jwt ",
  "",
];
const extensions = [["b64"], ["exp"], [], ["x"], "b64", null, ["alg"], ["jwk"], {}];
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/** The key of the header. Only where it is still one. @param {ProofDraft} draft @param {(jwk: Members) => void} change */
function changeKey(draft, change) {
  const { jwk } = draft.header;
  if (typeof jwk !== "object" || jwk === null || Array.isArray(jwk)) return;
  const copy = { .../** @type {Members} */ (jwk) };
  change(copy);
  draft.header["jwk"] = copy;
}

/** @type {readonly Mutation[]} */
export const headerMutations = [
  (random, { header }) => {
    header["typ"] = random.pick(types);
  },
  (random, { header }) => {
    header["alg"] = random.pick(algorithmNames);
  },
  (random, { header }) => {
    header[random.pick(["typ", "alg", "jwk", "kid"])] = random.pick(oddValues);
  },
  (random, { header }) => {
    delete header[random.pick(["typ", "alg", "jwk"])];
  },
  (random, { header }) => {
    header[random.pick(["crit", "crit", "b64"])] = random.pick([...extensions, true, false]);
    if (random.chance(50)) header["b64"] = random.pick([true, false, null]);
  },
  (random, { header }) => {
    header[random.pick(["kid", "jku", "x5u", "x5c", "x5t#S256"])] = random.pick([
      ...["rsa", "https://evil.test/jwks"],
      ...[["AAAA"], ecOther.jwk],
    ]);
  },
  // A public key as the secret of an HMAC (CVE-2015-9235).
  (random, draft) => {
    const alg = random.pick(["HS256", "HS384", "HS512"]);
    const key = random.pick([JSON.stringify(draft.header["jwk"] ?? null), String(ecOther.jwk["x"]), ""]);
    draft.header["alg"] = alg;
    draft.signatures.push((_made, input) => mac(alg, key, input));
  },
];

/** @type {readonly Mutation[]} */
export const keyMutations = [
  (random, draft) => {
    draft.bindsJwk = random.chance(70);
    changeKey(draft, (jwk) => random.pick(jwkChanges)(random, jwk));
  },
  (random, draft) => {
    draft.bindsJwk = random.chance(50);
    changeKey(draft, (jwk) => {
      jwk[random.pick(privateMembers)] = random.pick(["AQ", "", "AAAA", null, 1, []]);
    });
  },
  // The private key itself.
  (random, draft) => {
    draft.header["jwk"] = { ...(draft.signer.privateJwk ?? draft.signer.jwk) };
    if (random.chance(30)) draft.header["jwk"] = { ...random.pick(published).privateJwk };
  },
  // Another's key, with or without the token being bound to it.
  (random, draft) => {
    draft.header["jwk"] = { ...random.pick([ecOther, edOther, rsaSigner, hmac, ...published]).jwk };
    draft.bindsJwk = random.chance(50);
  },
  // Whoever signs, and whatever the algorithm is called.
  (random, draft) => {
    draft.signer = random.pick(random.chance(50) ? often : senders);
    if (random.chance(50)) draft.header["alg"] = draft.signer.alg;
    if (random.chance(30)) draft.header["jwk"] = { ...draft.signer.jwk };
    if (random.chance(30)) draft.cnf = { jkt: thumbprintOf(draft.signer) };
  },
  (random, draft) => {
    draft.header["alg"] = random.pick(["RS256", "RS512", "PS256", "PS384", "Ed25519", "EdDSA"]);
  },
];
