// Notes → findings: each fact once, followed by hints.
import type { Requirement } from "../requirements/requirement.js";
import { toAccepted } from "./accepted.js";
import type { Finding } from "./finding.js";
import type { Notes } from "./notes.js";
import type { RefusalFacts } from "./refusal-facts.js";
import { toRefusalFinding } from "./refusal-to-finding.js";
import { findQueryToken } from "./specifics/explain-credentials.js";
import { isDrift, spell } from "./specifics/time.js";

/** All findings: errors in the order of the steps, or `accepted`; then warnings and hints. */
export function toFindings(notes: Notes, requirement: Requirement | undefined): readonly Finding[] {
  // Measured once and given to every finding, so that none blames a clock that another found
  // correct.
  const clock = measureClock(notes);
  const errors = distinct(
    notes.found.map(({ error, facts }) => toRefusalFinding(error, { ...facts, ...(clock && { clock }) })),
  );
  const hints = [findQuery(notes), findDrift(notes, clock), findOrigin(notes)].filter((one) => one !== undefined);
  return [...(errors.length > 0 ? errors : [toAccepted(notes.facts, requirement !== undefined)]), ...hints];
}

/**
 * The issuer step and the rule for `iss` report the same about a token without it, and so can parts
 * of a requirement.
 */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  const key = ({ code, message, expected }: Finding) => `${code} ${message} ${JSON.stringify(expected)}`;
  const first = new Map<string, Finding>();
  for (const finding of findings) if (!first.has(key(finding))) first.set(key(finding), finding);
  return [...first.values()];
}

/** The guard never reads a token in the query, and it leaks (RFC 9700 §4.3.2). */
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

/** Compares this machine's clock with the issuer's, as of its last answer. */
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
