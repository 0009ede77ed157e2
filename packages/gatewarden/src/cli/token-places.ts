// Where in a token a finding belongs: its part, and there the member.
import type { Finding } from "../index.js";

/** A part of a signed token (RFC 7515 §3.1). */
export type TokenPart = "header" | "payload" | "signature";

/** The names are those a member may have: the first that is there counts. */
export interface FindingPlace {
  readonly part: TokenPart;
  readonly names: readonly string[];
}

const header = (...names: string[]): FindingPlace => ({ part: "header", names });
const payload = (...names: string[]): FindingPlace => ({ part: "payload", names });

/** Findings about the request, the proof or a server have no place in the token. */
const places: Readonly<Record<string, FindingPlace>> = {
  algorithm_none: header("alg"),
  algorithm_not_allowed: header("alg"),
  critical_header_unsupported: header("crit"),
  type_not_allowed: header("typ"),
  key_unknown: header("kid"),
  key_ambiguous: header("kid"),
  key_unsuitable: header("kid"),
  signature_invalid: { part: "signature", names: [] },
  // Which claim it is, the message says.
  claim_missing: payload(),
  claim_invalid: payload(),
  claims_rejected: payload(),
  id_token: payload(),
  logout_token: header("typ"),
  issuer_untrusted: payload("iss"),
  expired: payload("exp"),
  not_yet_valid: payload("nbf"),
  issued_in_future: payload("iat"),
  token_too_old: payload("iat"),
  audience_mismatch: payload("aud"),
  client_mismatch: payload("client_id", "azp", "appid", "cid"),
  permission_missing: payload("permissions", "scope"),
  scope_missing: payload("scope", "scp"),
  role_missing: payload("roles"),
  organization_mismatch: payload("org_id", "organization"),
  authentication_too_weak: payload("acr"),
  authentication_too_old: payload("auth_time"),
  binding_missing: payload("cnf"),
  binding_unproven: payload("cnf"),
  dpop_key_mismatch: payload("cnf"),
  dpop_token_unbound: payload("cnf"),
  certificate_mismatch: payload("cnf"),
};

/** The place of a finding. Undefined if it is elsewhere than in the token. */
export function findFindingPlace({ code, severity }: Finding<string>): FindingPlace | undefined {
  return severity === "info" ? undefined : places[code];
}
