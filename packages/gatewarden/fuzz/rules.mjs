// The rules by which the guard and jose differ. A difference counts as explained only where the guard's reason is the rule's and where
// the rule, as it is written down here, holds for the case.
import { findFitting, findSigner, isAmbiguous } from "./key-choice.mjs";
import {
  findKeyRule,
  fitsNoAlgorithm,
  hasIdleMembers,
  hasSpareMembers,
  idleMembers,
  spareMembers,
} from "./key-rules.mjs";
import { isIdToken, saysOtherKind } from "./kind-rules.mjs";
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

const tokenTypes = ["at+jwt", "application/at+jwt", "jwt", "application/jwt"];
const texts = ["iss", "sub", "client_id", "azp", "jti"];

/** What the guard refuses and jose accepts. @type {readonly Rule[]} */
export const stricter = [
  ...textRules.map((rule) => ({ ...rule, reasons: ["token_malformed"] })),
  {
    name: "kid and typ are text (RFC 7515 §4.1.4, §4.1.9)",
    reasons: ["token_malformed"],
    holds: ({ header }) => ["kid", "typ"].some((name) => isThere(header, name) && typeof header[name] !== "string"),
  },
  {
    name: "a token has at most 16,384 characters",
    reasons: ["token_too_large"],
    holds: ({ parts }) => parts.join(".").length > 16_384,
  },
  {
    name: "a header demands no extension: crit, b64 (RFC 7515 §4.1.11, RFC 7797 §7)",
    reasons: ["critical_header_unsupported"],
    holds: ({ header }) => Object.hasOwn(header, "crit") || Object.hasOwn(header, "b64"),
  },
  {
    name: "typ is an access token's (RFC 8725 §3.11, RFC 9068 §4)",
    reasons: ["type_not_allowed", "logout_token"],
    holds: ({ header: { typ = null } }) => typ !== null && !tokenTypes.includes(String(typ).toLowerCase()),
  },
  {
    name: "a claim that is demanded and null is missing (RFC 9068 §2.2)",
    reasons: ["claim_missing"],
    holds: ({ claims }, { configuration }) =>
      configuration.isStrict && ["sub", "client_id", "iat", "jti"].some((name) => claims[name] === null),
  },
  {
    name: "dates are finite numbers (RFC 7519 §2)",
    reasons: ["claim_invalid"],
    holds: ({ claims }) =>
      ["exp", "nbf", "iat"].some((name) => isThere(claims, name) && !Number.isFinite(claims[name])),
  },
  {
    name: "claims that are text are text (RFC 7519 §4.1, RFC 9068 §2.2)",
    reasons: ["claim_invalid"],
    holds: ({ claims }) => texts.some((name) => isThere(claims, name) && typeof claims[name] !== "string"),
  },
  {
    name: "aud is text or a list of text (RFC 7519 §4.1.3)",
    reasons: ["claim_invalid"],
    holds: ({ claims: { aud } }) => Array.isArray(aud) && aud.some((one) => typeof one !== "string"),
  },
  {
    name: "act names actors by text, at every level (RFC 8693 §4.1)",
    reasons: ["claim_invalid"],
    holds: ({ claims }) => isThere(claims, "act") && !namesActors(claims["act"]),
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
    holds: ({ header, claims }, { configuration }) =>
      !configuration.allowIdTokens && isIdToken(header, claims, configuration.audiences),
  },
  {
    name: "a token that says it is of another kind is no access token (RFC 8725 §3.12)",
    reasons: ["type_not_allowed", "logout_token"],
    holds: ({ claims }) => saysOtherKind(claims),
  },
  {
    name: "a logout token or security event is no access token (OIDC Back-Channel Logout §2.4)",
    reasons: ["logout_token"],
    holds: ({ claims }) => isThere(claims, "events"),
  },
  {
    name: "each client that a token names is a configured one (RFC 8693 §4.3, OIDC Core §2)",
    reasons: ["client_mismatch", "claim_missing"],
    holds: ({ claims }, { configuration: { clientIds } }) => clientIds !== undefined && !isOfClient(claims, clientIds),
  },
  {
    name: "an API without an audience takes no token that names one (RFC 7519 §4.1.3)",
    reasons: ["audience_mismatch", "claim_invalid"],
    holds: ({ claims }, { configuration }) => configuration.audiences.length === 0 && namesAudience(claims),
  },
  {
    name: "a bound token is no bearer token (RFC 9449 §7.2, RFC 8705 §3)",
    reasons: ["binding_unproven"],
    holds: ({ claims }) => Object.hasOwn(claims, "cnf"),
  },
];

/**
 * Null is absent (RFC 7519 §4.1: these are optional).
 * @param {Members} members
 * @param {string} name
 */
function isThere(members, name) {
  return Object.hasOwn(members, name) && members[name] !== null;
}

/** @param {unknown} act @returns {boolean} */
function namesActors(act) {
  if (typeof act !== "object" || act === null || Array.isArray(act)) return false;
  const actor = /** @type {Members} */ (act);
  const isNamed = ["sub", "iss", "client_id"].every((name) => !isThere(actor, name) || typeof actor[name] === "string");
  return isNamed && (!isThere(actor, "act") || namesActors(actor["act"]));
}

/** Neither null nor an empty list names one. @param {Members} claims */
function namesAudience(claims) {
  return isThere(claims, "aud") && !(Array.isArray(claims["aud"]) && claims["aud"].length === 0);
}

/** @param {Members} claims @param {readonly unknown[]} clientIds */
function isOfClient(claims, clientIds) {
  const named = [
    ["client_id", "azp"],
    ["appid", "cid"],
  ].map((names) => names.filter((name) => isThere(claims, name)));
  const names = named.find((some) => some.length > 0) ?? [];
  return names.length > 0 && names.every((name) => clientIds.includes(claims[name]));
}

/** Of two keys jose tries the one that it does not leave out. */
const leftOut = ["ERR_JWKS_NO_MATCHING_KEY", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"];

/** What jose refuses and the guard accepts. @type {readonly Rule[]} */
export const laxer = [
  {
    name: "a kid that is null is absent (RFC 7515 §4.1.4)",
    reasons: ["ERR_JWKS_NO_MATCHING_KEY"],
    holds: ({ header }) => header["kid"] === null,
  },
  {
    name: "nbf and iat that are null are absent (RFC 7519 §4.1.5, §4.1.6)",
    reasons: ["ERR_JWT_CLAIM_VALIDATION_FAILED"],
    holds: ({ claims }) => claims["nbf"] === null || claims["iat"] === null,
  },
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
    reasons: ["SyntaxError", "TypeError", "DataError", ...leftOut],
    holds: (token, draft) => isSignedByKey(token, draft, hasIdleMembers),
  },
  {
    name: spareMembers,
    reasons: ["SyntaxError", ...leftOut],
    holds: (token, draft) => isSignedByKey(token, draft, hasSpareMembers),
  },
];

/**
 * Whether a key that jose leaves out, or cannot read, made the signature.
 * @param {TokenView} token
 * @param {Draft} draft
 * @param {(jwk: unknown) => boolean} isLeftOut
 */
function isSignedByKey(token, { keySet = [] }, isLeftOut) {
  const isSought = (/** @type {Members} */ jwk) => isLeftOut(jwk) && findKeyRule(jwk) === undefined;
  return findSigner(keySet, token, isSought) !== undefined;
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
  return keySet?.filter(
    (jwk) => (kid ?? undefined) === undefined || /** @type {{ kid?: unknown }} */ (jwk)?.kid === kid,
  );
}

/** @param {readonly Rule[]} rules @param {string} why @param {TokenView} token @param {Draft} draft */
function find(rules, why, token, draft) {
  return rules.find(({ reasons, holds }) => reasons.includes(why) && holds(token, draft))?.name;
}

/**
 * Keys were left out that jose used, or counted that jose left out.
 * @param {string} why
 * @param {TokenView} token
 * @param {Draft} draft
 */
function explainByKeys(why, token, draft) {
  switch (why) {
    case "keys_refused":
      return explainRefusedSet(draft.keySet ?? []);
    case "key_ambiguous":
      return explainAmbiguity(token, draft.keySet ?? []);
    case "key_unknown":
    case "key_unsuitable":
      return findMeant(token, draft)
        ?.map(findKeyRule)
        .find((rule) => rule !== undefined);
    // Another key was tried than the one that jose used.
    case "signature_invalid":
      return findKeyRule(findSigner(draft.keySet ?? [], token, (jwk) => findKeyRule(jwk) !== undefined));
    default:
      return undefined;
  }
}

/**
 * A set is refused where each of its keys is, also beside a secret: jose does not look at keys that
 * a token for the secret has no use for.
 * @param {readonly unknown[]} keySet
 */
function explainRefusedSet(keySet) {
  const rules = keySet.map((jwk) => findKeyRule(jwk) ?? (fitsNoAlgorithm(jwk) ? noKeyThatVerifies : undefined));
  return rules.includes(undefined) ? undefined : (rules[0] ?? noKeyThatVerifies);
}

/**
 * jose leaves out all but one of the keys for what the guard does not look at.
 * @param {TokenView} token
 * @param {readonly unknown[]} keySet
 */
function explainAmbiguity({ header }, keySet) {
  const fitting = findFitting(keySet, header);
  if (!isAmbiguous(fitting, header)) return undefined;
  const used = fitting.filter(({ entry }) => !hasSpareMembers(entry) && !hasIdleMembers(entry));
  if (used.length > 1) return undefined;
  return fitting.some(({ entry }) => hasSpareMembers(entry)) ? spareMembers : idleMembers;
}

const noKeyThatVerifies = "a set has a key that can verify something (RFC 7517 §5)";
