// Notes → findings: each thing once, then what is worth knowing besides.
import type { Requirement } from "../requirements/requirement.js";
import { toAccepted } from "./accepted.js";
import type { Finding } from "./finding.js";
import type { Notes } from "./notes.js";
import type { RefusalFacts } from "./refusal-facts.js";
import { toRefusalFinding } from "./refusal-to-finding.js";
import { findQueryToken } from "./specifics/explain-credentials.js";
import { isDrift, spell } from "./specifics/time.js";

/** All findings: errors in the order of the road, or `accepted`; then warnings and notes. */
export function toFindings(notes: Notes, requirement: Requirement | undefined): readonly Finding[] {
  // Measured on the way, and known to every finding: one must not blame a clock that another finds right.
  const clock = measureClock(notes);
  const errors = distinct(
    notes.found.map(({ error, facts }) => toRefusalFinding(error, { ...facts, ...(clock && { clock }) })),
  );
  const hints = [findQuery(notes), findDrift(notes, clock), findOrigin(notes)].filter((one) => one !== undefined);
  return [...(errors.length > 0 ? errors : [toAccepted(notes.facts, requirement !== undefined)]), ...hints];
}

/** The look for the issuer and the rule for its claim say the same thing of a token without one, as do parts of a requirement. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  const key = ({ code, message, expected }: Finding) => `${code} ${message} ${JSON.stringify(expected)}`;
  const first = new Map<string, Finding>();
  for (const finding of findings) if (!first.has(key(finding))) first.set(key(finding), finding);
  return [...first.values()];
}

/** A token in the query is never read, and it leaks (RFC 9700 §4.3.2). */
function findQuery({ facts: { request } }: Notes): Finding | undefined {
  const found = request && findQueryToken(request);
  if (!found) return undefined;
  return {
    code: "token_in_query",
    severity: "warning",
    message: `The query has a parameter \`${found.name}\`. This API never reads tokens from there, and addresses end up in logs and histories.`,
    fix: "Send the token in the Authorization header only, and replace one that was sent in an address (RFC 9700 §4.3.2).",
  };
}

const timeReasons: ReadonlySet<string> = new Set(["expired", "not_yet_valid", "issued_in_future"]);

/** This machine's clock against the issuer's, as its last answer showed it. */
function measureClock({ facts: { policy } }: Notes): RefusalFacts["clock"] {
  const offset = policy?.keys.clockOffset?.();
  if (policy === undefined || offset === undefined) return undefined;
  const { clockTolerance: tolerance } = policy;
  return { offset, tolerance, isOff: isDrift(offset, tolerance) };
}

function findDrift({ found }: Notes, clock: RefusalFacts["clock"]): Finding | undefined {
  if (clock === undefined) return undefined;
  const { offset, isOff } = clock;
  if (isOff) {
    return {
      code: "clock_drift",
      severity: "warning",
      message: `This machine's clock is ${spell(Math.abs(offset))} ${offset > 0 ? "behind" : "ahead of"} the issuer's, by the Date header of its answer.`,
      fix: "Synchronise this machine's clock (NTP); in a virtual machine or container, the host's. `clockTolerance` bridges a few seconds only.",
    };
  }
  if (!found.some(({ error }) => timeReasons.has(error.reason))) return undefined;
  return {
    code: "clock_drift",
    severity: "info",
    message:
      "This machine's clock and the issuer's agree, by the Date header of its answer: the token's own times are what is wrong.",
    fix: "Leave the clocks as they are.",
  };
}

function findOrigin({ found, facts: { provider, claims } }: Notes): Finding | undefined {
  if (provider?.name === undefined || found.length === 0) return undefined;
  return {
    code: "provider",
    severity: "info",
    message: `${claims === undefined ? "The configured issuer" : "The token"} looks like ${provider.name}'s. Fixes are in its words.`,
    fix: `Where they do not fit, look up the setting in ${provider.name}'s documentation.`,
  };
}
