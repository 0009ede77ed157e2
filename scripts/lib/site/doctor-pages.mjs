// A page for each finding of `gatewarden doctor`, and the list of all: `/doctor/issuer_mismatch`.
import { toKicker, toList, toMarkdown, toPage } from "./markdown-text.mjs";
import { toCitation } from "./rules.mjs";

/** @typedef {import("./catalogues.mjs").Catalogues} Catalogues */

/** @type {Readonly<Record<"error" | "warning" | "info", string>>} */
const severities = {
  error: "Requests are refused, or wrongly let in. `doctor` exits with code 1.",
  warning: "It works today, and may fail or weaken the protection tomorrow.",
  info: "Worth knowing. Nothing is wrong.",
};

const titles = { error: "Errors", warning: "Warnings", info: "Notes" };

/**
 * @param {Catalogues} catalogues
 * @returns {ReadonlyMap<string, string>}
 */
export function createDoctorPages({ doctorCatalogue }) {
  const codes = Object.entries(doctorCatalogue);
  return new Map([
    ["doctor/index", toIndex(codes)],
    ...codes.map(([code, entry]) => /** @type {const} */ ([`doctor/${code}`, toDoctorPage(code, entry)])),
  ]);
}

/** @typedef {{ readonly severity: "error" | "warning" | "info", readonly message: string, readonly fix: string }} Entry */

/** @param {readonly (readonly [string, Entry])[]} codes */
function toIndex(codes) {
  const parts = /** @type {const} */ (["error", "warning", "info"]).flatMap((severity) => {
    const own = codes.filter(([, entry]) => entry.severity === severity);
    const items = own.map(
      ([code, { message }]) => /** @type {const} */ ([`[\`${code}\`](/doctor/${code})`, toTemplate(message)]),
    );
    return [`## ${titles[severity]}`, severities[severity], toList(items)];
  });
  return toPage({ title: "Findings of doctor", description: "Every finding of npx gatewarden doctor" }, [
    "# Findings of doctor",
    "This page answers: what can `npx gatewarden doctor` find, and what do I do about it?",
    "Words in ‹angle quotes› stand for what it found. [Explain and doctor](/explain-and-doctor) says how to run it.",
    ...parts,
  ]);
}

/**
 * @param {string} code
 * @param {Entry} entry
 */
function toDoctorPage(code, { severity, message, fix }) {
  const citations = [...new Set(`${message} ${fix}`.match(/RFC \d+(?: §[\d.]*\d)?/g) ?? [])];
  return toPage({ title: code, description: `${severity} of gatewarden doctor`, code, kind: "doctor", severity }, [
    `# \`${code}\``,
    toKicker("[Finding of doctor](/doctor/)", `**${severity}**`),
    severities[severity],
    "## What it says",
    toMarkdown(toTemplate(message)),
    "## Fix",
    toMarkdown(toTemplate(fix)),
    citations.length === 0 ? "" : `## The rule\n\n${citations.map(toCitation).join(", ")}`,
    "## Look again",
    "[`npx gatewarden doctor`](/explain-and-doctor#look-before-there-is-a-token-doctor) " +
      "repeats all checks. [All its findings](/doctor/) are on one page.",
  ]);
}

/**
 * The places for values, in a form that is neither a template nor HTML.
 * @param {string} text
 */
function toTemplate(text) {
  return text.replace(/\{(\w+)\}/g, "‹$1›");
}
