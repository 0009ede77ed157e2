// Guards that take DPoP, and what the oracle must know to decide on the same terms. Their clock and their memory of used proofs belong to the
// case at hand: many are under way at once.
import { AsyncLocalStorage } from "node:async_hooks";
import { createGuard } from "gatewarden";
import { calculateJwkThumbprint } from "jose";
import { asymmetric, audience, clock, issuer, start } from "./configurations.mjs";
import { ecOther, ecSigner, edOther, exponentOne, hmac, often, published, smallOrder, weak } from "./signers.mjs";

/** @typedef {import("./signers.mjs").Signer} Signer */

/**
 * @typedef {object} ProofConfiguration
 * @property {string} name
 * @property {import("gatewarden").Guard<unknown>} guard
 * @property {readonly string[]} algorithms
 * @property {number} maxAge
 * @property {number} clockTolerance
 * @property {string | undefined} resource This API's URL as configured.
 * @property {boolean} isRequired Whether plain tokens are refused.
 * @property {number | undefined} nonceLifetime Present where proofs must hold a nonce.
 */

/** What the case at hand has used so far. */
export const memory = /** @type {import("node:async_hooks").AsyncLocalStorage<Set<string>>} */ (
  new AsyncLocalStorage()
);
const replay = {
  /** @param {string} id */
  add(id) {
    const used = memory.getStore() ?? new Set();
    return !used.has(id) && used.add(id) !== undefined;
  },
};

/** @param {string} name @param {Partial<ProofConfiguration>} [terms] @returns {ProofConfiguration} */
function configure(name, terms = {}) {
  const {
    algorithms = asymmetric,
    maxAge = 60,
    clockTolerance = 5,
    resource,
    isRequired = false,
    nonceLifetime,
  } = terms;
  const guard = createGuard({
    issuer,
    audience,
    clockTolerance,
    keys: { jwks: { keys: published.map(({ jwk }) => jwk) } },
    env: {},
    now: () => clock.getStore() ?? start,
    dpop: {
      mode: isRequired ? "required" : "allowed",
      replay,
      maxAge,
      algorithms: /** @type {never} */ (algorithms),
      ...(nonceLifetime !== undefined && { nonce: { secret: "fuzz".repeat(8), lifetime: nonceLifetime } }),
    },
    ...(resource !== undefined && { resource }),
  });
  return { name, guard, algorithms, maxAge, clockTolerance, resource, isRequired, nonceLifetime };
}

const usual = configure("DPoP");
const demanding = configure("a nonce in every proof", { nonceLifetime: 100 });

/** As often as each is wanted. */
export const proofConfigurations = [
  ...Array(8).fill(usual),
  ...Array(4).fill(demanding),
  configure("nothing but DPoP", { isRequired: true }),
  configure("a configured URL", { resource: "https://public.test/base" }),
  configure("ES256 alone", { algorithms: ["ES256"] }),
  configure("ten seconds and no tolerance", { maxAge: 10, clockTolerance: 0 }),
];

/** The nonce that the guard gives at that time. @param {ProofConfiguration} configuration @param {number} now */
export function readNonce({ guard }, now) {
  return clock.run(now, () => {
    const outcome = guard.attempt({ method: "GET", url: "/", headers: {} });
    return guard.refusal(/** @type {never} */ (outcome)).headers["dpop-nonce"];
  });
}

/** Holders of keys, those most often whose keys are cheap. */
export const senders = [...often, ...often, ecOther, edOther, weak, exponentOne, smallOrder, hmac];

/** @type {Map<Signer, string>} */
const thumbprints = new Map();
for (const sender of new Set(senders))
  thumbprints.set(sender, await calculateJwkThumbprint(/** @type {never} */ (sender.jwk)));

/** The thumbprint of a sender's key, as jose computes it. @param {Signer} sender */
export function thumbprintOf(sender) {
  return String(thumbprints.get(sender));
}

/** @type {Map<string, string>} */
const tokens = new Map();
const maxTokens = 20_000;

/** An access token that is good but for its `cnf`, the same one for the same `cnf`. @param {unknown} cnf Undefined for none. */
export function issueToken(cnf) {
  const claims = JSON.stringify({ iss: issuer, aud: audience, sub: "user|1", iat: start - 1e5, exp: start + 1e5, cnf });
  const known = tokens.get(claims);
  if (known !== undefined) return known;
  const header = JSON.stringify({ alg: "ES256", typ: "at+jwt", kid: ecSigner.kid });
  const input = [header, claims].map((text) => Buffer.from(text).toString("base64url")).join(".");
  const token = `${input}.${ecSigner.sign("ES256", input).toString("base64url")}`;
  if (tokens.size >= maxTokens) tokens.clear();
  tokens.set(claims, token);
  return token;
}

/** The key of the access tokens' issuer. */
export const issuerJwk = ecSigner.jwk;
