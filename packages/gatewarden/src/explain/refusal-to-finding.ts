// A refusal → a finding: the advice for its reason, specific to the provider and to the case if
// they are known.
import type { AuthError } from "../errors.js";
import type { Reason } from "../reasons.js";
import { advice } from "./advice.js";
import type { Finding } from "./finding.js";
import { redact } from "./redact.js";
import type { RefusalFacts, Specific } from "./refusal-facts.js";
import {
  explainAlgorithm,
  explainAudience,
  explainDocument,
  explainShape,
  explainUnreadable,
} from "./specifics/explain-claims.js";
import { explainMissing, explainScheme } from "./specifics/explain-credentials.js";
import { explainIssuer, explainUnknownKey } from "./specifics/explain-issuer.js";
import { explainOutage } from "./specifics/explain-outage.js";
import { explainPermissions, explainScopes } from "./specifics/explain-requirement.js";
import { explainTarget } from "./specifics/explain-target.js";
import { explainForm } from "./specifics/grant-form.js";
import { findLocalFix } from "./specifics/local-tenant.js";
import { explainLoginTime, explainProofTime, explainTime, explainTokenAge, toShownTime } from "./specifics/time.js";

type Explain = (error: AuthError, facts: RefusalFacts) => Specific | undefined;

const specifics: Partial<Readonly<Record<Reason, Explain>>> = {
  credentials_missing: (_error, facts) => explainMissing(facts),
  scheme_unsupported: (_error, facts) => explainScheme(facts),
  credentials_malformed: explainShape,
  token_too_large: explainDocument,
  credentials_multiple: explainDocument,
  token_opaque: explainUnreadable,
  token_encrypted: explainUnreadable,
  token_malformed: explainShape,
  signature_invalid: explainShape,
  issuer_untrusted: explainIssuer,
  key_unknown: explainUnknownKey,
  issuer_unavailable: explainOutage,
  keys_unavailable: explainOutage,
  introspection_unavailable: explainOutage,
  algorithm_not_allowed: explainAlgorithm,
  audience_mismatch: explainAudience,
  expired: explainTime,
  not_yet_valid: explainTime,
  issued_in_future: explainTime,
  token_too_old: explainTokenAge,
  permission_missing: explainPermissions,
  scope_missing: explainScopes,
  role_missing: explainForm,
  organization_mismatch: explainForm,
  dpop_target_mismatch: explainTarget,
  dpop_stale: explainProofTime,
  dpop_issued_in_future: explainProofTime,
  authentication_too_old: explainLoginTime,
};

/** The finding for a refusal. */
export function toRefusalFinding(error: AuthError, facts: RefusalFacts = {}): Finding<Reason> {
  const { reason, details } = error;
  const usual = advice[reason];
  const specific = explainSpecifically(error, facts);
  const where = details.name === undefined ? "" : ` [${[details.name, details.problem].filter(Boolean).join(" ")}]`;
  const { cause = usual.cause, detail } = specific ?? {};
  const local = findLocalFix(error, facts);
  const [expected, actual] = [details.expected, details.actual].map((value) => toShownTime(reason, value));
  return {
    code: reason,
    severity: "error",
    message: (detail === undefined ? cause : `${cause} ${detail}`) + where,
    fix: fillIn(local ?? specific?.fix ?? facts.provider?.fixes[reason] ?? usual.fix, facts),
    ...(details.name !== undefined && { name: details.name }),
    ...(expected !== undefined && { expected: redact(expected) }),
    ...(actual !== undefined && { actual: redact(actual) }),
  };
}

/** A failing explanation must not replace the refusal. Then only the usual advice is given. */
function explainSpecifically(error: AuthError, facts: RefusalFacts): Specific | undefined {
  try {
    return specifics[error.reason]?.(error, facts);
  } catch {
    return undefined;
  }
}

/** Texts mention "this API's audience". A known audience is inserted by name. */
function fillIn(fix: string, { audiences: [audience] = [] }: RefusalFacts): string {
  const named = fix.replaceAll("{audience}", audience ?? "this API's audience");
  return audience === undefined
    ? named
    : named.replace("request this API's audience", `request the audience \`${audience}\``);
}
