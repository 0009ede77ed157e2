// The rules by which the guard and jose differ. A difference counts as explained only where the guard's reason is the rule's and where
// the rule, as it is written down here, holds for the case.
import { findKeyRule, hasIdleMembers } from "./key-rules.mjs";
import { textRules } from "./text-rules.mjs";
import { view } from "./view.mjs";

/** @typedef {import("./compare.mjs").Decision} Decision */
/** @typedef {import("./draft.mjs").Draft} Draft */
/** @typedef {import("./signers.mjs").Members} Members */
/** @typedef {import("./view.mjs").TokenView} TokenView */

/**
 * @typedef {object} Rule
 * @property {string} name
 * @property {readonly string[]} reasons
 * @property {(token: TokenView, draft: Draft) => boolean} holds
 */

const accessTokenTypes = ["at+jwt", "application/at+jwt"];
const texts = ["iss", "sub", "client_id", "azp", "jti"];
const hashes = ["nonce", "at_hash", "c_hash", "s_hash"];

/** What the guard refuses and jose accepts. @type {readonly Rule[]} */
export const stricter = [
  ...textRules.map((rule) => ({ ...rule, reasons: ["token_malformed"] })),
  {
    name: "kid and typ are text (RFC 7515 §4.1.4, §4.1.9)",
    reasons: ["token_malformed"],
    holds: ({ header }) =>
      ["kid", "typ"].some((name) => Object.hasOwn(header, name) && typeof header[name] !== "string"),
  },
  {
    name: "a token has at most 8,192 characters",
    reasons: ["token_too_large"],
    holds: ({ parts }) => parts.join(".").length > 8192,
  },
  {
    name: "a header demands no extension: crit, b64 (RFC 7515 §4.1.11, RFC 7797 §7)",
    reasons: ["critical_header_unsupported"],
    holds: ({ header }) => Object.hasOwn(header, "crit") || Object.hasOwn(header, "b64"),
  },
  {
    name: "typ is an access token's (RFC 8725 §3.11, RFC 9068 §4)",
    reasons: ["type_not_allowed", "logout_token"],
    holds: ({ header: { typ } }) =>
      typ !== undefined && ![...accessTokenTypes, "jwt"].includes(String(typ).toLowerCase()),
  },
  {
    name: "dates are finite numbers (RFC 7519 §2)",
    reasons: ["claim_invalid"],
    holds: ({ claims }) =>
      ["exp", "nbf", "iat"].some((name) => Object.hasOwn(claims, name) && !Number.isFinite(claims[name])),
  },
  {
    name: "claims that are text are text (RFC 7519 §4.1, RFC 9068 §2.2)",
    reasons: ["claim_invalid"],
    holds: ({ claims }) => texts.some((name) => Object.hasOwn(claims, name) && typeof claims[name] !== "string"),
  },
  {
    name: "aud is text or a list of text (RFC 7519 §4.1.3)",
    reasons: ["claim_invalid"],
    holds: ({ claims: { aud } }) => Array.isArray(aud) && aud.some((one) => typeof one !== "string"),
  },
  {
    name: "a token was not issued in the future (RFC 7519 §4.1.6)",
    reasons: ["issued_in_future"],
    holds: ({ claims: { iat } }, { now, configuration }) =>
      typeof iat === "number" && iat - now > Number(configuration.jose.clockTolerance),
  },
  {
    name: "an ID token is no access token (OIDC Core §2, RFC 9068 §5)",
    reasons: ["id_token"],
    holds: ({ header, claims }) => hashes.some((name) => Object.hasOwn(claims, name)) || isForClient(header, claims),
  },
  {
    name: "a logout token or security event is no access token (OIDC Back-Channel Logout §2.4)",
    reasons: ["logout_token"],
    holds: ({ claims }) => Object.hasOwn(claims, "events"),
  },
  {
    name: "a bound token is no bearer token (RFC 9449 §7.2, RFC 8705 §3)",
    reasons: ["binding_unproven"],
    holds: ({ claims }) => Object.hasOwn(claims, "cnf"),
  },
];

export const idleMembers = "a key's members that are null or empty say nothing (RFC 7517 §4)";
export const spareMembers = "a key may have other operations beside verify, and ext is not read (RFC 7517 §4.3)";

/** Addressed to its own client, by a token that neither says that it is an access token nor grants a scope. @param {Members} header @param {Members} claims */
function isForClient({ typ }, claims) {
  if (accessTokenTypes.includes(String(typ).toLowerCase())) return false;
  if (["scope", "scp", "permissions"].some((name) => Object.hasOwn(claims, name))) return false;
  const client = claims["azp"] ?? claims["client_id"];
  return client !== undefined && [claims["aud"]].flat().includes(client);
}

const keyReasons = ["keys_refused", "key_unknown", "key_unsuitable", "key_ambiguous"];

/** What jose refuses and the guard accepts. @type {readonly Rule[]} */
export const laxer = [
  {
    name: "one entry that is no key spoils no set (RFC 7517 §5)",
    reasons: ["ERR_JWKS_INVALID"],
    holds: (_token, { keySet }) =>
      keySet?.some((jwk) => typeof jwk !== "object" || jwk === null || Array.isArray(jwk)) === true,
  },
  {
    name: "a key that may not be used spoils no set and makes no choice ambiguous",
    reasons: ["ERR_JWKS_MULTIPLE_MATCHING_KEYS", "ERR_JWKS_INVALID"],
    holds: (_token, { keySet }) => keySet?.some((jwk) => findKeyRule(jwk) !== undefined) === true,
  },
  {
    name: idleMembers,
    reasons: ["SyntaxError", "TypeError", "DataError", "ERR_JWKS_NO_MATCHING_KEY"],
    holds: (_token, { keySet }) => keySet?.some(hasIdleMembers) === true,
  },
  {
    name: spareMembers,
    reasons: ["SyntaxError", "ERR_JWKS_NO_MATCHING_KEY"],
    holds: (_token, { keySet }) => keySet?.some(hasSpareMembers) === true,
  },
];

/** @param {unknown} jwk */
export function hasSpareMembers(jwk) {
  const { key_ops: operations, ext } = /** @type {Members} */ (jwk ?? {});
  return (Array.isArray(operations) && operations.length > 1) || (ext !== undefined && typeof ext !== "boolean");
}

/**
 * The name of the rule that explains the difference, or undefined.
 * @param {string} token
 * @param {Draft} draft
 * @param {{ ours: Decision, jose: Decision }} decisions
 */
export function explain(token, draft, { ours, jose }) {
  const seen = view(token);
  if (ours.accepted) return find(laxer, jose.why, seen, draft);
  return find(stricter, ours.why, seen, draft) ?? explainByKeys(ours.why, seen, draft);
}

/**
 * The name of a rule that the token, or each key that it could mean, breaks although both accepted it, or undefined.
 * @param {string} token
 * @param {Draft} draft
 */
export function findBroken(token, draft) {
  const seen = view(token);
  const broken = stricter.find(({ holds }) => holds(seen, draft))?.name;
  if (broken !== undefined) return broken;
  const rules = findMeant(seen, draft)?.map(findKeyRule);
  return rules?.every((rule) => rule !== undefined) ? rules[0] : undefined;
}

/**
 * The keys of the set that the token could mean: none where it is for the secret.
 * @param {TokenView} token
 * @param {Draft} draft
 */
function findMeant({ header: { alg, kid } }, { keySet, configuration }) {
  if (configuration.secret !== undefined && String(alg).startsWith("HS")) return undefined;
  return keySet?.filter((jwk) => kid === undefined || /** @type {{ kid?: unknown }} */ (jwk)?.kid === kid);
}

/** @param {readonly Rule[]} rules @param {string} why @param {TokenView} token @param {Draft} draft */
function find(rules, why, token, draft) {
  return rules.find(({ reasons, holds }) => reasons.includes(why) && holds(token, draft))?.name;
}

/** A key was left out that jose used: one that the token could mean. @param {string} why @param {TokenView} token @param {Draft} draft */
function explainByKeys(why, token, draft) {
  if (!keyReasons.includes(why)) return undefined;
  // A set is refused for all of its keys, also beside a secret.
  const meant = why === "keys_refused" ? draft.keySet : findMeant(token, draft);
  // jose leaves out the other of two keys for what the guard does not look at.
  if (why === "key_ambiguous" && meant?.some(hasSpareMembers)) return spareMembers;
  return meant?.map(findKeyRule).find((rule) => rule !== undefined);
}
