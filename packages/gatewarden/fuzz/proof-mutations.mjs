// What can be done to a proof's claims and to the request that it comes with. Each changes one thing; a case has none to three of them.
import { start } from "./configurations.mjs";
import { oddValues } from "./json-text.mjs";
import { signatureMutations, textMutations } from "./mutations.mjs";
import { readNonce, senders, thumbprintOf } from "./proof-configurations.mjs";
import { headerMutations, keyMutations } from "./proof-key-mutations.mjs";
import { host, hosts, methods, offsets, path, requestTargets, targets, url } from "./proof-values.mjs";
import { tokenMutations } from "./token-mutations.mjs";

/** @typedef {import("./proof-draft.mjs").ProofDraft} ProofDraft */
/** @typedef {import("./random.mjs").Random} Random */
/** @typedef {import("./signers.mjs").Members} Members */
/** @typedef {(random: Random, draft: ProofDraft) => void} Mutation */

/** @type {readonly ((hash: string) => unknown)[]} */
const hashChanges = [
  (hash) => `${hash}=`,
  (hash) => hash.toLowerCase(),
  (hash) => [hash],
  (hash) => hash.slice(0, -1),
  () => "",
  (hash) => Buffer.from(hash, "base64url").toString("base64"),
  (hash) => Buffer.from(hash, "base64url").toString("hex"),
  (hash) => `${hash.slice(0, -1)}${String.fromCharCode(hash.charCodeAt(hash.length - 1) + 1)}`,
  () => undefined,
];

/** @type {readonly ((proof: string) => string | string[] | undefined)[]} */
const proofHeaders = [
  () => undefined,
  () => "",
  (proof) => [proof],
  (proof) => [proof, proof],
  (proof) => `${proof}, ${proof}`,
  (proof) => `${proof},`,
  (proof) => [proof, ""],
  () => [],
];

/** @type {readonly Mutation[]} */
const claimMutations = [
  (random, { claims }) => {
    claims["htm"] = random.pick(methods);
  },
  (random, { claims }) => {
    claims["htu"] = random.pick(targets);
  },
  (random, { claims }) => {
    claims["iat"] = start + random.pick(offsets);
  },
  (random, { claims }) => {
    claims[random.pick(["exp", "nbf"])] = start + random.pick(offsets);
  },
  (random, { claims }) => {
    claims["jti"] = random.pick(["", "x".repeat(256), "x".repeat(257), "\u0000", "é", " "]);
  },
  (random, { claims }) => {
    claims[random.pick(["jti", "htm", "htu", "iat", "ath", "nonce", "exp", "nbf", "aud", "iss"])] =
      random.pick(oddValues);
  },
  (random, { claims }) => {
    delete claims[random.pick(["jti", "htm", "htu", "iat", "nonce"])];
  },
  (random, { claims }) => {
    const name = random.pick(["iat", "jti", "htu", "htm", "nonce"]);
    claims[name] = random.pick([String(claims[name]), [claims[name]], { value: claims[name] }]);
  },
  (random, { claims, configuration }) => {
    const { nonceLifetime = 100 } = configuration;
    const age = nonceLifetime * random.pick([-1, 0, 1, 2, 3]);
    claims["nonce"] = random.chance(30)
      ? random.pick(["", "made up", null, 1])
      : (readNonce(configuration, start - age) ?? "x");
  },
  (random, { claims }) => {
    claims["padding"] = "x".repeat(random.pick([100, 5000, 6000]));
  },
  (random, draft) => {
    draft.toAth = random.pick(hashChanges);
  },
];

/** @type {readonly Mutation[]} */
const requestMutations = [
  (random, draft) => {
    draft.method = random.pick(methods);
    if (random.chance(40)) draft.claims["htm"] = draft.method;
  },
  (random, draft) => {
    draft.path = random.pick(requestTargets);
    if (random.chance(50)) draft.claims["htu"] = random.pick([`https://${host}${draft.path}`, ...targets]);
  },
  (random, draft) => {
    draft.host = random.pick(hosts);
    if (random.chance(70))
      draft.claims["htu"] = `https://${random.chance(60) ? draft.host : random.pick(hosts)}${path}`;
  },
  (random, draft) => {
    draft.isEncrypted = false;
    if (random.chance(50)) draft.claims["htu"] = url.replace("https", "http");
  },
  (random, draft) => {
    draft.now = start + Math.floor(random.pick(offsets.slice(0, -2)));
  },
  (random, draft) => {
    draft.scheme = random.pick(["Bearer", "bearer", "dpop", "DPOP", "DPoP ", "Basic"]);
  },
  (_random, draft) => {
    draft.isTwice = true;
  },
  (random, draft) => {
    draft.toHeader = random.pick(proofHeaders);
  },
  // Nobody who says so is believed here.
  (random, draft) => {
    draft.extraHeaders[random.pick(["x-forwarded-host", "x-forwarded-proto", "forwarded", "x-original-url"])] =
      random.pick(["evil.test", "http", "host=evil.test;proto=https", "/evil"]);
    if (random.chance(50)) draft.claims["htu"] = `https://evil.test${path}`;
  },
  (random, draft) => {
    const { jkt } = /** @type {Members} */ (draft.cnf ?? {});
    const other = thumbprintOf(random.pick(senders));
    draft.bindsJwk = false;
    draft.cnf = random.pick([
      ...[undefined, undefined, { jkt: other }, {}, null, [], "x", { jkt: [jkt] }, { jkt: `${jkt}=` }, { jkt: "" }],
      ...[{ jkt, "x5t#S256": other }, { jkt, kid: "1" }, { "x5t#S256": other }, { jwk: draft.header["jwk"] }],
      { jkt: String(jkt).toLowerCase() },
    ]);
    if (random.chance(30)) draft.scheme = "Bearer";
  },
];

const weighted = /** @type {readonly (readonly Mutation[])[]} */ ([
  ...Array(5).fill(claimMutations),
  ...Array(4).fill(requestMutations),
  ...Array(3).fill(headerMutations),
  ...Array(3).fill(keyMutations),
  textMutations,
  tokenMutations,
  signatureMutations,
]);
const counts = [0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3];

/** @type {Mutation} */
export function mutateProof(random, draft) {
  for (let left = random.pick(counts); left > 0; left--) random.pick(random.pick(weighted))(random, draft);
}
