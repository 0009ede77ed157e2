// RFC 9449 §4.3 and §7.1 step by step, built on jose and the platform's URL, and on nothing of the library.
import { createHash } from "node:crypto";
import { calculateJwkThumbprint, EmbeddedJWK, errors, importJWK, jwtVerify } from "jose";
import { audience, issuer } from "./configurations.mjs";
import { issuerJwk, readNonce } from "./proof-configurations.mjs";

/** @typedef {import("./compare.mjs").Decision} Decision */
/** @typedef {import("./proof-draft.mjs").Presentation} Presentation */
/** @typedef {import("./proof-draft.mjs").ProofDraft} ProofDraft */

/** Why the oracle refuses: a word, as jose's own codes are. */
class Refusal extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const issuerKey = await importJWK(/** @type {never} */ (issuerJwk), "ES256");
/** @type {Map<string, Promise<import("jose").JWTPayload>>} */
const payloads = new Map();
const maxPayloads = 20_000;

/** The same few tokens come again and again. @param {string} token @param {number} now */
function verifyToken(token, now) {
  const known = payloads.get(token);
  if (known) return known;
  const options = { issuer, audience, algorithms: ["ES256"], currentDate: new Date(now * 1000) };
  const payload = jwtVerify(token, issuerKey, options).then((result) => result.payload);
  if (payloads.size >= maxPayloads) payloads.clear();
  payloads.set(token, payload);
  return payload;
}

/** @param {ProofDraft} draft @param {Presentation} presentation @returns {Promise<Decision>} */
export async function askOracle(draft, presentation) {
  try {
    const claims = await decide(draft, presentation);
    return { accepted: true, why: "accepted", claims };
  } catch (error) {
    if (error instanceof Refusal || error instanceof errors.JOSEError) return { accepted: false, why: error.code };
    // Some failures of the platform's key import come through as they are.
    return { accepted: false, why: `${/** @type {Error} */ (error).name}` };
  }
}

/** @param {ProofDraft} draft @param {Presentation} presentation */
async function decide({ configuration, now }, { request, token, isTwice }) {
  const headers = /** @type {Record<string, string | string[] | undefined>} */ (request.headers);
  const scheme = String(headers["authorization"]).split(" ")[0]?.toLowerCase();
  if (scheme !== "bearer" && scheme !== "dpop") throw new Refusal("scheme");
  const claims = await verifyToken(token, now);
  if (scheme === "bearer") {
    // A token that names a key is no bearer token (§7.2).
    if (claims["cnf"] !== undefined || configuration.isRequired) throw new Refusal("bearer");
    return claims;
  }
  const bound = /** @type {{ jkt?: unknown } | null | undefined} */ (claims["cnf"])?.jkt;
  if (typeof bound !== "string") throw new Refusal("unbound");
  const thumbprint = await verifyProof(readOneHeader(headers["dpop"]), { configuration, request, token, now });
  // Step 12: the key of the proof is that of the token.
  if (thumbprint !== bound) throw new Refusal("key");
  if (isTwice) throw new Refusal("replay");
  return claims;
}

/** Step 1: there is not more than one DPoP header. @param {string | string[] | undefined} value */
function readOneHeader(value) {
  const [proof, ...others] = [value ?? []].flat();
  if (proof === undefined || others.length > 0) throw new Refusal("header");
  return proof;
}

/**
 * Steps 2 to 12: the thumbprint of the key that signed.
 * @param {string} proof
 * @param {Pick<ProofDraft, "configuration" | "now"> & Pick<Presentation, "request" | "token">} terms
 */
async function verifyProof(proof, { configuration, request, token, now }) {
  const { algorithms, maxAge, clockTolerance, nonceLifetime } = configuration;
  // Steps 2 to 7 and 11 are jose's.
  const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
    typ: "dpop+jwt",
    algorithms: [...algorithms],
    requiredClaims: ["jti", "htm", "htu", "iat", "ath"],
    maxTokenAge: maxAge,
    clockTolerance,
    currentDate: new Date(now * 1000),
  });
  const { jti, htm, htu, ath, nonce } = payload;
  if (typeof jti !== "string" || typeof htu !== "string") throw new Refusal("type");
  if (htm !== request.method) throw new Refusal("htm");
  const target = readTarget(configuration, request);
  if (target === undefined || toComparable(htu) !== toComparable(target)) throw new Refusal("htu");
  if (nonceLifetime !== undefined) {
    const given = [now, now - nonceLifetime].map((time) => readNonce(configuration, time));
    if (!given.includes(/** @type {string} */ (nonce))) throw new Refusal("nonce");
  }
  if (ath !== createHash("sha256").update(token).digest("base64url")) throw new Refusal("ath");
  return calculateJwkThumbprint(/** @type {never} */ (protectedHeader["jwk"]));
}

/** Where the request went, as far as connection and Host tell, or undefined. @param {ProofDraft["configuration"]} configuration @param {Presentation["request"]} request */
export function readTarget({ resource }, { url, headers, connection }) {
  const host = /** @type {Record<string, string>} */ (headers)["host"];
  const origin =
    resource === undefined ? `${connection?.isEncrypted ? "https" : "http"}://${host}` : new URL(resource).origin;
  if (url.startsWith("/")) return origin + url;
  // The absolute form counts by its path alone where the origin is known otherwise (RFC 9112 §3.2.2).
  if (!URL.canParse(url)) return undefined;
  const { pathname, search } = new URL(url);
  return origin + pathname + search;
}

/** The URL as the platform normalises it, without query and fragment. @param {string} text */
function toComparable(text) {
  if (!URL.canParse(text)) throw new Refusal("htu");
  const url = new URL(text);
  url.search = "";
  url.hash = "";
  return url.href;
}
