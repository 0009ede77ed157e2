// The rules by which the guard and the oracle differ about proofs. A difference counts as explained only where the refusing side's reason is
// the rule's and where the rule, as it is written down here, holds for the case.
import { findKeyRule, hasIdleMembers, hasSpareMembers, idleMembers, spareMembers } from "./key-rules.mjs";
import { readTarget } from "./proof-oracle.mjs";
import { textRules } from "./text-rules.mjs";
import { view } from "./view.mjs";

/** @typedef {import("./compare.mjs").Decision} Decision */
/** @typedef {import("./proof-draft.mjs").Presentation} Presentation */
/** @typedef {import("./proof-draft.mjs").ProofDraft} ProofDraft */
/** @typedef {import("./view.mjs").TokenView} TokenView */

/**
 * @typedef {object} ProofCase
 * @property {TokenView} proof
 * @property {TokenView} token
 * @property {string} target Where the request went, as the oracle sees it.
 * @property {ProofDraft} draft
 * @property {Presentation} presentation
 */

/**
 * @typedef {object} ProofRule
 * @property {string} name
 * @property {readonly string[]} reasons
 * @property {(facts: ProofCase) => boolean} holds
 */

/** What the guard refuses and the oracle accepts. @type {readonly ProofRule[]} */
export const stricterProofs = [
  ...textRules.map(({ name, holds }) => ({
    name,
    reasons: ["dpop_proof_malformed"],
    /** @type {ProofRule["holds"]} */
    holds: ({ proof }) => holds(proof),
  })),
  {
    name: "a proof has at most 8,192 characters",
    reasons: ["dpop_proof_malformed"],
    holds: ({ presentation }) => presentation.proof.length > 8192,
  },
  {
    name: "a header demands no extension: crit, b64 (RFC 7515 §4.1.11, RFC 7797 §7)",
    reasons: ["dpop_extension_unsupported"],
    holds: ({ proof: { header } }) => Object.hasOwn(header, "crit") || Object.hasOwn(header, "b64"),
  },
  {
    name: "typ is dpop+jwt, letter for letter (RFC 9449 §4.2)",
    reasons: ["dpop_type_not_allowed"],
    holds: ({ proof: { header } }) => header["typ"] !== "dpop+jwt",
  },
  {
    name: "jti and htm hold something, jti at most 256 characters",
    reasons: ["dpop_claim_invalid"],
    holds: ({ proof: { claims } }) => !claims["htm"] || !claims["jti"] || String(claims["jti"]).length > 256,
  },
  {
    name: "a proof ends with the second in which its time is over (RFC 9449 §11.1)",
    reasons: ["dpop_stale"],
    holds: ({ proof: { claims }, draft: { configuration, now } }) =>
      now - Number(claims["iat"]) >= configuration.maxAge + configuration.clockTolerance,
  },
  {
    name: "htu is a URI as it is written, without what browsers mend (RFC 3986 §3, RFC 9110 §4.2)",
    reasons: ["dpop_target_mismatch"],
    holds: ({ proof: { claims } }) => !isUri(String(claims["htu"])),
  },
  {
    name: "a request names one host, and a path, as HTTP writes them (RFC 9112 §3.2)",
    reasons: ["target_unknown"],
    holds: ({ draft }) => !isTarget(draft),
  },
  {
    name: "hosts compare as they are written, but for case (RFC 3986 §6.2.2.1)",
    reasons: ["dpop_target_mismatch"],
    holds: ({ proof: { claims }, draft: { configuration, host } }) =>
      readHost(String(claims["htu"])) !== readHost(configuration.resource ?? `https://${host}`),
  },
  {
    name: "exp and nbf of a proof are finite numbers (RFC 7519 §2)",
    reasons: ["dpop_claim_invalid"],
    holds: ({ proof: { claims } }) =>
      ["exp", "nbf"].some((name) => Object.hasOwn(claims, name) && !Number.isFinite(claims[name])),
  },
  {
    name: "cnf holds nothing that is not proven (RFC 7800 §3.1, RFC 8705 §3)",
    reasons: ["binding_unproven"],
    holds: ({ token: { claims } }) => Object.keys(claims["cnf"] ?? {}).some((name) => name !== "jkt"),
  },
];

/** What the oracle refuses and the guard accepts. @type {readonly ProofRule[]} */
export const laxerProofs = [
  {
    name: "percent-encoding has one meaning however it is spelt (RFC 3986 §6.2.2)",
    reasons: ["htu"],
    holds: ({ proof: { claims }, target }) => isSame(String(claims["htu"]), target),
  },
  {
    name: "a host need be none that a browser could resolve (RFC 3986 §3.2.2)",
    reasons: ["htu"],
    holds: ({ proof: { claims }, target }) => isSameElsewhere(String(claims["htu"]), target),
  },
  {
    name: spareMembers,
    reasons: ["SyntaxError", "ERR_JWS_INVALID"],
    holds: ({ proof: { header } }) => hasSpareMembers(header["jwk"]),
  },
  {
    name: idleMembers,
    reasons: ["SyntaxError", "TypeError", "DataError", "ERR_JWS_INVALID"],
    holds: ({ proof: { header } }) => hasIdleMembers(header["jwk"]),
  },
];

const uri =
  /^https?:\/\/(\[[\da-f:.]+\]|[\w.~!$&'()*+,;=-]+)(:\d{0,5})?(\/([!-$&-;=@-[\]^-~]|%[\da-f]{2})*)?([?#].*)?$/is;

/** @param {string} text */
function isUri(text) {
  return uri.test(text);
}

/** @param {string} text */
function readAuthority(text) {
  return text
    .replace(/^[^/]*\/\//, "")
    .replace(/[/?#].*$/s, "")
    .toLowerCase();
}

/** @param {string} text */
function readHost(text) {
  return readAuthority(text).replace(/:\d*$/, "");
}

/** As the platform normalises a URL in which nothing is encoded that needs not be. Undefined for what it cannot. @param {string} text */
function toNormal(text) {
  const decoded = text.replace(/[?#].*$/s, "").replace(/%[\da-f]{2}/gi, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /^[\w.~-]$/.test(character) ? character : code.toUpperCase();
  });
  return URL.canParse(decoded) ? new URL(decoded).href : undefined;
}

/** @param {string} text @param {string} other */
function isSame(text, other) {
  const normal = toNormal(text);
  return normal !== undefined && normal === toNormal(other);
}

/** Whether both name the same host, and are the same on any host. @param {string} text @param {string} other */
function isSameElsewhere(text, other) {
  const [one = "", two = ""] = [text, other].map((url) => url.replace(/^(https?:\/\/)[^/?#]*/i, "$1host.test"));
  return readAuthority(text) === readAuthority(other) && isSame(one, two);
}

/** Whether it can be told where the request went. @param {ProofDraft} draft */
function isTarget({ configuration, host, path }) {
  const isPath = path.startsWith("/");
  if (configuration.resource !== undefined) return isUri(isPath ? `${configuration.resource}${path}` : path);
  if (/[/?#]/.test(host)) return false;
  if (isPath) return isUri(`https://${host}${path}`);
  const [scheme] = path.split("/", 1);
  return isUri(path) && isUri(`${scheme}//${host}`) && withoutPort(path) === withoutPort(`${scheme}//${host}`);
}

/** Host and port, without one that says nothing: empty, or the scheme's own (RFC 3986 §3.2.3, §6.2.3). @param {string} text */
function withoutPort(text) {
  const own = /^https:/i.test(text) ? 443 : 80;
  return readAuthority(text).replace(/:(\d*)$/, (_port, digits) =>
    digits === "" || Number(digits) === own ? "" : `:${Number(digits)}`,
  );
}

/**
 * The name of the rule that explains the difference, or undefined.
 * @param {ProofDraft} draft
 * @param {Presentation} presentation
 * @param {{ ours: Decision, jose: Decision }} decisions
 */
export function explainProof(draft, presentation, { ours, jose }) {
  const facts = toFacts(draft, presentation);
  const [rules, why] = ours.accepted ? [laxerProofs, jose.why] : [stricterProofs, ours.why];
  const rule = rules.find(({ reasons, holds }) => reasons.includes(why) && holds(facts));
  return rule?.name ?? (why === "dpop_key_unusable" ? findKeyRule(facts.proof.header["jwk"]) : undefined);
}

/**
 * The name of a rule that the proof breaks although both accepted it, or undefined. Where the token came as a plain one, nobody looks at a
 * proof beside it (RFC 6750 §2.1).
 * @param {ProofDraft} draft
 * @param {Presentation} presentation
 */
export function findBrokenProof(draft, presentation) {
  if (draft.scheme.toLowerCase() === "bearer") return undefined;
  const facts = toFacts(draft, presentation);
  return stricterProofs.find(({ holds }) => holds(facts))?.name ?? findKeyRule(facts.proof.header["jwk"]);
}

/** @param {ProofDraft} draft @param {Presentation} presentation @returns {ProofCase} */
function toFacts(draft, presentation) {
  const target = readTarget(draft.configuration, presentation.request) ?? "";
  return { proof: view(presentation.proof), token: view(presentation.token), target, draft, presentation };
}
