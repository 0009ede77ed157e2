// Which member of the token a finding is about.
import type { Finding } from "gatewarden";

const headerCodes: Readonly<Record<string, string>> = {
  algorithm_none: "alg",
  algorithm_not_allowed: "alg",
  critical_header_unsupported: "crit",
  type_not_allowed: "typ",
  logout_token: "typ",
  key_unknown: "kid",
  key_ambiguous: "kid",
  key_unsuitable: "kid",
};

const claimCodes: Readonly<Record<string, readonly string[]>> = {
  issuer_untrusted: ["iss"],
  expired: ["exp"],
  not_yet_valid: ["nbf"],
  issued_in_future: ["iat"],
  token_too_old: ["iat"],
  audience_mismatch: ["aud"],
  client_mismatch: ["client_id", "azp"],
  binding_unproven: ["cnf"],
  permission_missing: ["permissions", "scope"],
  scope_missing: ["scope"],
  role_missing: ["roles"],
  organization_mismatch: ["org_id"],
  id_token: ["nonce", "at_hash", "token_use"],
};

/**
 * `header.alg` or `claims.aud`, if the token has that member. A refusal names the member at the end
 * of its message: `… [aud]`.
 */
export function findPlace({ code, message }: Finding, names: ReadonlySet<string>): string | undefined {
  const [, named = ""] = /\[([^\s\]]+)[^\]]*\]$/.exec(message) ?? [];
  const wanted = [
    `claims.${named}`,
    `header.${named}`,
    `header.${headerCodes[code] ?? ""}`,
    ...(claimCodes[code] ?? []).map((name) => `claims.${name}`),
    // A key is also missed by a token that names none.
    ...(code.startsWith("key_") ? ["header.alg"] : []),
  ];
  return wanted.find((name) => names.has(name));
}
