// A page for each fault of the local tenant, and the list of all: `/faults/expired`.
import { toCell, toFence, toKicker, toList, toMarkdown, toMarkdownTable, toPage } from "./markdown-text.mjs";
import { rules, toCitation } from "./rules.mjs";

/** @typedef {import("./catalogues.mjs").Catalogues} Catalogues */
/** @typedef {Catalogues["faultCatalogue"]["expired"]} FaultRecord */

/** @type {Readonly<Record<FaultRecord["kind"], string>>} */
const kinds = {
  token: "in tokens",
  keys: "in the tenant's keys",
  provider: "in the tenant's answers",
  event: "in logout tokens and events",
};

/**
 * @param {Catalogues} catalogues
 * @returns {ReadonlyMap<string, string>}
 */
export function createFaultPages(catalogues) {
  const faults = Object.entries(catalogues.faultCatalogue);
  return new Map([
    ["faults/index", toIndex(faults)],
    ...faults.map(([name, fault]) => /** @type {const} */ ([`faults/${name}`, toFaultPage(name, fault, catalogues)])),
  ]);
}

/** @param {readonly (readonly [string, FaultRecord])[]} faults */
function toIndex(faults) {
  const parts = /** @type {const} */ (["token", "keys", "provider", "event"]).flatMap((kind) => {
    const own = faults.filter(([, fault]) => fault.kind === kind);
    const items = own.map(
      ([name, { description }]) => /** @type {const} */ ([`[\`${name}\`](/faults/${name})`, description]),
    );
    return [`## Faults ${kinds[kind]}`, toList(items)];
  });
  return toPage({ title: "Faults", description: "Every fault that the local tenant has on demand" }, [
    "# Faults",
    "This page answers: which faults can I switch on in the [local tenant](/local-tenant)?",
    toFence(
      "sh",
      "npx gatewarden faults expired jwks-500    # several at once\nnpx gatewarden faults --reset             # all off",
    ),
    ...parts,
  ]);
}

/** @param {string | null} reason */
function toReasonLink(reason) {
  return reason === null ? "nothing: only clients notice" : `[\`${reason}\`](/reasons/${reason})`;
}

/**
 * @param {string} name
 * @param {FaultRecord} fault
 * @param {Catalogues} catalogues
 */
function toFaultPage(name, { kind, description, reason, answer, parameters }, { catalogue, advice }) {
  const known = /** @type {import("gatewarden").Reason | null} */ (reason);
  const rows = Object.entries(parameters).map(([parameter, text]) => [`\`${parameter}\``, toCell(text)]);
  return toPage({ title: name, description, code: name, kind: "fault" }, [
    `# \`${name}\``,
    toKicker("[Fault of the local tenant](/faults/)", kinds[kind]),
    toMarkdown(description),
    toFence("sh", `npx gatewarden faults ${name}\nnpx gatewarden faults --reset ${name}`),
    rows.length === 0 ? "" : `## Parameters\n\n${toMarkdownTable(["name", "what it is"], rows)}`,
    "## What the API answers",
    answer !== undefined
      ? toMarkdown(`${answer}.`)
      : known === null
        ? "No request is answered differently: only clients that ask for tokens notice."
        : `**${catalogue[known].status}** ${toReasonLink(known)}: ${toMarkdown(advice[known].cause)}`,
    known === null ? "" : `## Fix\n\n${toMarkdown(advice[known].fix.replaceAll("{audience}", "<your audience>"))}`,
    known === null ? "" : `## The rule\n\n${rules[known].map(toCitation).join(", ")}`,
    "[All faults](/faults/) are on one page.",
  ]);
}
