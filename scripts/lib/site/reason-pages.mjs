// A page for each reason, and the list of all: `/reasons/audience_mismatch`.
import { toCell, toFence, toKicker, toList, toMarkdown, toMarkdownTable, toPage } from "./markdown-text.mjs";
import { findGuide, rules, toCitation } from "./rules.mjs";

/** @typedef {import("./catalogues.mjs").Catalogues} Catalogues */
/** @typedef {import("gatewarden").Reason} Reason */

/**
 * @param {Catalogues} catalogues
 * @returns {ReadonlyMap<string, string>} By path, without its ending.
 */
export function createReasonPages(catalogues) {
  const reasons = /** @type {readonly Reason[]} */ (Object.keys(catalogues.catalogue));
  return new Map([
    ["reasons/index", toIndex(reasons, catalogues)],
    ...reasons.map((reason) => /** @type {const} */ ([`reasons/${reason}`, toReasonPage(reason, catalogues)])),
  ]);
}

/**
 * @param {readonly Reason[]} reasons
 * @param {Catalogues} catalogues
 */
function toIndex(reasons, { catalogue, advice }) {
  const statuses = [...new Set(reasons.map((reason) => catalogue[reason].status))].sort();
  const parts = statuses.flatMap((status) => {
    const own = reasons.filter((reason) => catalogue[reason].status === status);
    const items = own.map(
      (reason) => /** @type {const} */ ([`[\`${reason}\`](/reasons/${reason})`, advice[reason].cause]),
    );
    return [`## ${status}: ${meanings[status]}`, toList(items)];
  });
  return toPage({ title: "Reasons", description: "Every reason for which a request is refused" }, [
    "# Reasons",
    "This page answers: which reasons can a refusal have?",
    "Each refusal has one stable reason. Branch on it, never on a message. " +
      "[What a refused client receives](/answers-on-the-wire) has the form of the answer.",
    ...parts,
  ]);
}

/** @type {Readonly<Record<number, string>>} */
const meanings = {
  400: "the request is malformed",
  401: "the token, or its proof, is not accepted",
  403: "the token does not grant what the endpoint asks for",
  500: "code that the check calls failed",
  503: "something that the check depends on is not there",
};

/**
 * @param {Reason} reason
 * @param {Catalogues} catalogues
 */
function toReasonPage(reason, catalogues) {
  const { status, description } = catalogues.catalogue[reason];
  const { cause, fix } = catalogues.advice[reason];
  return toPage({ title: reason, description: `${status}: ${description}.`, code: reason, kind: "reason", status }, [
    `# \`${reason}\``,
    toKicker("[Reason](/reasons/)", `**${status}**`),
    `${toMarkdown(description)}.`,
    "## Cause",
    toMarkdown(cause),
    "## Fix",
    toMarkdown(fix.replaceAll("{audience}", "<your audience>")),
    toProviderPart(reason, catalogues),
    "## What the client receives",
    toFence("http", toAnswer(reason, catalogues.catalogue[reason])),
    "## The rule",
    rules[reason].map(toCitation).join(", "),
    "## See it, test it",
    toTryPart(reason, catalogues),
  ]);
}

/**
 * @param {Reason} reason
 * @param {Catalogues} catalogues
 */
function toProviderPart(reason, { allProviders }) {
  const rows = allProviders.flatMap(({ name, fixes }) => {
    const fix = fixes[reason];
    return fix === undefined ? [] : [[toCell(name), toCell(fix.replaceAll("{audience}", "<your audience>"))]];
  });
  if (rows.length === 0) return "";
  return `### In the words of your provider\n\n${toMarkdownTable(["provider", "fix"], rows)}`;
}

/** @type {Readonly<Record<number, string>>} */
const phrases = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  500: "Internal Server Error",
  503: "Service Unavailable",
};
/** @type {Readonly<Record<number, string>>} */
const errors = { 401: "unauthorized", 403: "access_denied", 500: "server_error", 503: "temporarily_unavailable" };

/**
 * @param {Reason} reason
 * @param {import("gatewarden").ReasonRecord} record
 */
function toAnswer(reason, { status, error, description }) {
  const scheme = /^dpop_|^replay/.test(reason) ? "DPoP" : "Bearer";
  const code = error === undefined ? "" : `, error="${error}"`;
  const challenge = status < 500 ? [`WWW-Authenticate: ${scheme} realm="api"${code}, …`] : [];
  const body = { error: error ?? errors[status], error_description: description, reason };
  return [
    `HTTP/1.1 ${status} ${phrases[status]}`,
    "Content-Type: application/json",
    "Cache-Control: no-store",
    ...challenge,
    "",
    JSON.stringify(body, undefined, 2),
  ].join("\n");
}

/**
 * @param {Reason} reason
 * @param {Catalogues} catalogues
 */
function toTryPart(reason, { faultCatalogue }) {
  const faults = Object.entries(faultCatalogue).filter(([, fault]) => fault.reason === reason);
  const links = faults.map(([name]) => `[\`${name}\`](/faults/${name})`).join(", ");
  return [
    faults.length === 0 ? "" : `- The [local tenant](/local-tenant) causes it with the fault ${links}.`,
    "- [`npx gatewarden explain`](/explain-and-doctor) finds it in a token or a request, with all else that is wrong.",
    "- [Explain a token in the browser](/explain) does the same on this site, without sending it.",
    `- The guide about it: ${findGuide(reason)}`,
    "- [All reasons](/reasons/) are on one page.",
  ]
    .filter((line) => line !== "")
    .join("\n");
}
