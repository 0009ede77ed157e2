// A request with a bound token and its proof, on its way to be written.
import { createHash } from "node:crypto";
import { start } from "./configurations.mjs";
import { asWritten, finish } from "./draft.mjs";
import { issueToken, proofConfigurations, readNonce, senders, thumbprintOf } from "./proof-configurations.mjs";
import { host, path } from "./proof-values.mjs";

/** @typedef {import("./random.mjs").Random} Random */
/** @typedef {import("./signers.mjs").Members} Members */
/** @typedef {import("./draft.mjs").Draft} TextDraft */

/**
 * @typedef {object} ProofParts
 * @property {import("./proof-configurations.mjs").ProofConfiguration} configuration
 * @property {unknown} cnf What the token is bound to. Undefined: it is not.
 * @property {boolean} bindsJwk Whether the token is bound to whatever key the proof's header holds in the end.
 * @property {(hash: string) => unknown} toAth Makes `ath` of the hash of the token.
 * @property {string} scheme
 * @property {string} method
 * @property {string} path
 * @property {string} host
 * @property {boolean} isEncrypted
 * @property {Members} extraHeaders
 * @property {(proof: string) => string | string[] | undefined} toHeader What is sent as the DPoP header.
 * @property {boolean} isTwice Whether the very same request came before.
 */

/** The same members as a token's draft, so that what changes texts, signatures and spellings serves both. @typedef {Omit<TextDraft, "configuration"> & ProofParts} ProofDraft */

/**
 * A request as the guard gets it, with what the rules look at.
 * @typedef {object} Presentation
 * @property {import("gatewarden").GuardRequest} request
 * @property {string} token
 * @property {string} proof
 * @property {boolean} isTwice
 */

/** @param {Random} random @returns {ProofDraft} */
export function createProofDraft(random) {
  const configuration = random.pick(proofConfigurations);
  const isPublic = configuration.resource !== undefined;
  const signer = random.pick(senders);
  const alg =
    configuration.algorithms.length === 1 && random.chance(20) ? String(configuration.algorithms[0]) : signer.alg;
  const { kid, ...jwk } = signer.jwk;
  const nonce = configuration.nonceLifetime && readNonce(configuration, start);
  return {
    configuration,
    signer,
    now: start,
    header: { typ: "dpop+jwt", alg, jwk },
    claims: {
      jti: "1",
      htm: "GET",
      htu: `https://${isPublic ? "public.test" : host}${path}`,
      iat: start,
      ...(nonce && { nonce }),
    },
    cnf: { jkt: thumbprintOf(signer) },
    bindsJwk: false,
    toAth: (hash) => hash,
    scheme: "DPoP",
    method: "GET",
    path,
    host,
    isEncrypted: true,
    extraHeaders: {},
    toHeader: (proof) => proof,
    isTwice: false,
    ...asWritten(),
  };
}

/** @param {Random} random @param {ProofDraft} draft @returns {Presentation} */
export function present(random, draft) {
  const cnf = draft.bindsJwk ? { jkt: hashKey(draft.header["jwk"]) } : draft.cnf;
  const token = issueToken(cnf);
  const hash = hashOf(token);
  draft.claims["ath"] ??= draft.toAth(hash);
  const proof = finish(random, /** @type {never} */ (draft));
  const header = draft.toHeader(proof);
  const headers = {
    host: draft.host,
    authorization: `${draft.scheme} ${token}`,
    ...(header !== undefined && { dpop: header }),
    ...draft.extraHeaders,
  };
  const connection = { isEncrypted: draft.isEncrypted, address: "203.0.113.7" };
  const request = { method: draft.method, url: draft.path, headers: /** @type {never} */ (headers), connection };
  return { request, token, proof, isTwice: draft.isTwice };
}

/** @param {string} text */
const hashOf = (text) => createHash("sha256").update(text).digest("base64url");

const keyMembers = new Map([
  ["EC", ["crv", "kty", "x", "y"]],
  ["OKP", ["crv", "kty", "x"]],
  ["RSA", ["e", "kty", "n"]],
  ["oct", ["k", "kty"]],
]);

/** The thumbprint of whatever stands in the place of a key (RFC 7638 §3). @param {unknown} jwk */
function hashKey(jwk) {
  const key = /** @type {Members} */ (typeof jwk === "object" && jwk !== null ? jwk : {});
  const names = keyMembers.get(String(key["kty"])) ?? [];
  return hashOf(JSON.stringify(Object.fromEntries(names.map((name) => [name, key[name]]))));
}
