// Where the rule behind each reason stands, and which page of the documentation is about it. Texts
// for readers: the library's own comments cite the same sections, and a test compares them.

/**
 * The sections of the specifications that each reason comes from. Reasons of this library's own
 * have the section that gives their status its meaning.
 * @type {Readonly<Record<import("gatewarden").Reason, readonly string[]>>}
 */
export const rules = {
  credentials_missing: ["RFC 6750 §3.1", "RFC 9110 §11.6.1"],
  credentials_malformed: ["RFC 6750 §2.1", "RFC 9110 §11.6.2"],
  credentials_multiple: ["RFC 6750 §2.1", "RFC 9110 §5.3"],
  scheme_unsupported: ["RFC 9110 §11.6.1", "RFC 9449 §7.1"],
  origin_not_allowed: ["RFC 6454 §6.2", "CWE-352"],
  token_too_large: ["RFC 6750 §3.1"],
  token_opaque: ["RFC 7515 §7.1", "RFC 7662 §2.1"],
  token_encrypted: ["RFC 7516 §7.1"],
  token_malformed: ["RFC 7515 §5.2", "RFC 7519 §7.2"],
  algorithm_none: ["RFC 8725 §3.1", "CVE-2015-9235"],
  algorithm_not_allowed: ["RFC 8725 §3.1", "CVE-2016-10555"],
  critical_header_unsupported: ["RFC 7515 §4.1.11", "CVE-2025-59420"],
  type_not_allowed: ["RFC 8725 §3.11", "RFC 7515 §4.1.9"],
  id_token: ["RFC 8725 §3.12", "RFC 9068 §2.2"],
  logout_token: ["RFC 8725 §3.12", "RFC 8417 §4.3"],
  issuer_untrusted: ["RFC 7519 §4.1.1", "RFC 8725 §3.8"],
  key_unknown: ["RFC 7515 §4.1.4", "RFC 7517 §4.5"],
  key_ambiguous: ["RFC 7517 §4.5"],
  key_unsuitable: ["RFC 8725 §3.1", "RFC 7517 §4.2"],
  signature_invalid: ["RFC 7515 §5.2"],
  claim_missing: ["RFC 9068 §2.2"],
  claim_invalid: ["RFC 7519 §4.1"],
  expired: ["RFC 7519 §4.1.4"],
  not_yet_valid: ["RFC 7519 §4.1.5"],
  issued_in_future: ["RFC 7519 §4.1.6"],
  token_too_old: ["RFC 7519 §4.1.6"],
  audience_mismatch: ["RFC 7519 §4.1.3", "RFC 8725 §3.9"],
  client_mismatch: ["RFC 8693 §4.3", "RFC 9068 §2.2"],
  claims_rejected: ["RFC 6750 §3.1"],
  token_inactive: ["RFC 7662 §2.2"],
  token_revoked: ["RFC 7519 §4.1.7", "RFC 6750 §3.1"],
  binding_unproven: ["RFC 7800 §3.1", "RFC 9449 §7.2"],
  binding_missing: ["RFC 9449 §6.1", "RFC 8705 §3.1"],
  dpop_token_unbound: ["RFC 9449 §6.1", "RFC 9449 §7.1"],
  dpop_proof_missing: ["RFC 9449 §4.3"],
  dpop_proof_multiple: ["RFC 9449 §4.3"],
  dpop_proof_malformed: ["RFC 9449 §4.3"],
  dpop_extension_unsupported: ["RFC 7515 §4.1.11"],
  dpop_type_not_allowed: ["RFC 9449 §4.3"],
  dpop_algorithm_not_allowed: ["RFC 9449 §4.3"],
  dpop_key_unusable: ["RFC 9449 §4.3"],
  dpop_signature_invalid: ["RFC 9449 §4.3"],
  dpop_claim_invalid: ["RFC 9449 §4.2", "RFC 9449 §4.3"],
  dpop_method_mismatch: ["RFC 9449 §4.3"],
  dpop_target_mismatch: ["RFC 9449 §4.3", "RFC 3986 §6.2.2"],
  dpop_stale: ["RFC 9449 §4.3", "RFC 9449 §11.1"],
  dpop_issued_in_future: ["RFC 9449 §4.3"],
  dpop_token_mismatch: ["RFC 9449 §4.3"],
  dpop_key_mismatch: ["RFC 9449 §6.1", "RFC 9449 §7.1"],
  dpop_nonce_required: ["RFC 9449 §8.2"],
  dpop_replayed: ["RFC 9449 §11.1"],
  replay_store_unavailable: ["RFC 9449 §11.1", "RFC 9110 §15.6.4"],
  target_unknown: ["RFC 9449 §4.3", "RFC 9112 §3.2"],
  certificate_missing: ["RFC 8705 §3.1"],
  certificate_malformed: ["RFC 8705 §3.1"],
  certificate_mismatch: ["RFC 8705 §3.1"],
  permission_missing: ["RFC 6750 §3.1"],
  scope_missing: ["RFC 6750 §3.1", "RFC 6749 §3.3"],
  role_missing: ["RFC 9068 §2.2.3.1"],
  claim_mismatch: ["RFC 6750 §3.1"],
  organization_mismatch: ["RFC 6750 §3.1"],
  details_missing: ["RFC 9396 §9.1"],
  condition_not_met: ["RFC 6750 §3.1"],
  actor_mismatch: ["RFC 8693 §4.1"],
  requirement_not_met: ["RFC 6750 §3.1"],
  authentication_too_weak: ["RFC 9470", "RFC 9068 §2.2.1"],
  authentication_too_old: ["RFC 9470", "RFC 9068 §2.2.1"],
  issuer_unavailable: ["RFC 8414 §3.3", "RFC 9110 §15.6.4"],
  keys_unavailable: ["RFC 7517", "RFC 9110 §15.6.4"],
  introspection_unavailable: ["RFC 7662 §2.3", "RFC 9110 §15.6.4"],
  revocation_unavailable: ["RFC 7519 §4.1.7", "RFC 9110 §15.6.4"],
  check_failed: ["CWE-636"],
};

/** @type {readonly (readonly [RegExp, page: string, title: string])[]} */
const guides = [
  [/^(dpop_|binding_|certificate_|replay_|target_)/, "bound-tokens", "How do I make a stolen token useless?"],
  [/^origin_/, "tokens-elsewhere", "How do I take tokens from a cookie or a proxy's header?"],
  [
    /^(token_opaque|token_inactive|token_revoked|introspection_|revocation_)/,
    "opaque-tokens-and-revocation",
    "How do I accept opaque tokens, and revoke tokens?",
  ],
  [
    /^(permission|scope|role|claim_mismatch|organization|details|condition|requirement|authentication)/,
    "requirements",
    "What can an endpoint require?",
  ],
  [
    /^(issuer_untrusted|id_token|client_mismatch|claim_|key_ambiguous)/,
    "unusual-issuers",
    "How do I trust an issuer whose tokens, name or address are unusual?",
  ],
  [/^(keys_|key_|issuer_unavailable|signature_)/, "operations", "How do I monitor it?"],
];

/**
 * The guide about a reason, as a link.
 * @param {string} reason
 */
export function findGuide(reason) {
  const [, page, title] = guides.find(([pattern]) => pattern.test(reason)) ?? [
    /./,
    "common-mistakes",
    "What will I see when I made a common mistake?",
  ];
  return `[${title}](/${page})`;
}

/**
 * A citation as a link to the specification, or to the weakness.
 * @param {string} citation
 */
export function toCitation(citation) {
  const [, rfc, section] = /^RFC (\d+)(?: §(\S+))?$/.exec(citation) ?? [];
  if (rfc !== undefined) {
    const anchor = section === undefined ? "" : `#section-${section}`;
    return `[${citation}](https://www.rfc-editor.org/rfc/rfc${rfc}${anchor})`;
  }
  const [, weakness] = /^CWE-(\d+)$/.exec(citation) ?? [];
  if (weakness !== undefined) return `[${citation}](https://cwe.mitre.org/data/definitions/${weakness}.html)`;
  return `[${citation}](https://nvd.nist.gov/vuln/detail/${citation})`;
}
