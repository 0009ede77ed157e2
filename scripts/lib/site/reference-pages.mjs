// The reference: a page for each sub-path of the package (`/reference/fastify`), from docstrings.
import { toFence, toMarkdown, toMarkdownTable, toPage } from "./markdown-text.mjs";

/** @typedef {import("./declarations.mjs").Module} Module */
/** @typedef {import("./declarations.mjs").Declaration} Declaration */

/**
 * @param {readonly Module[]} modules
 * @returns {ReadonlyMap<string, string>}
 */
export function createReferencePages(modules) {
  return new Map([
    ["reference/index", toIndex(modules)],
    ...modules.map((module) => /** @type {const} */ ([`reference/${toPageName(module.path)}`, toModulePage(module)])),
  ]);
}

/**
 * The page of a sub-path; the core has the empty one.
 * @param {string} path
 */
export function toPageName(path) {
  return path === "" ? "core" : path.replaceAll("/", "-").replaceAll(".", "-");
}

/** @param {string} path */
export function toImport(path) {
  return path === "" ? "gatewarden" : `gatewarden/${path}`;
}

/** @param {readonly Module[]} modules */
function toIndex(modules) {
  const rows = modules.map(({ path, declarations }) => [
    `[\`${toImport(path)}\`](/reference/${toPageName(path)})`,
    declarations
      .filter(({ kind }) => kind !== "interface" && kind !== "type")
      .map(({ name }) => `[${toTitle(name)}](/reference/${toPageName(path)}#${name})`)
      .join(", "),
  ]);
  return toPage({ title: "Reference", description: "Every public name of gatewarden" }, [
    "# Reference",
    "This page answers: which names does the package export, and what does each promise?",
    "Made from the docstrings of the sources. [Options](/options) has the options of `createGuard` in one table.",
    toMarkdownTable(["import from", "functions, classes and values"], rows),
  ]);
}

const groups = /** @type {const} */ ([
  ["Functions, classes and values", ["function", "class", "value"]],
  ["Types", ["interface", "type"]],
]);

/** @param {Module} module */
function toModulePage({ path, text, declarations }) {
  const parts = groups.flatMap(([title, kinds]) => {
    const own = declarations.filter(({ kind }) => kinds.some((one) => one === kind));
    return own.length === 0 ? [] : [`## ${title}`, ...own.map(toSection)];
  });
  return toPage({ title: toImport(path), description: `The names that ${toImport(path)} exports`, outline: [2, 3] }, [
    `# \`${toImport(path)}\``,
    toMarkdown(text),
    ...parts,
  ]);
}

/** @param {Declaration} declaration */
function toSection({ name, code, text, members }) {
  const told = members.filter((member) => member.text !== "");
  const list = told.map((member) => `- \`${member.name}\`: ${toMarkdown(member.text).replaceAll("\n", " ")}`);
  return [`### ${toTitle(name)} {#${name}}`, toMarkdown(text), toFence("ts", code), list.join("\n")]
    .filter((block) => block !== "")
    .join("\n\n");
}

/** @param {string} name */
function toTitle(name) {
  return name === "default" ? "The default export" : `\`${name}\``;
}
