// Checks the documents as pages: links and anchors lead somewhere, prose is wrapped, the README is
// short, and `docs` holds what a site generator can take as it is.
import { existsSync, readFileSync, statSync } from "node:fs";
import { posix } from "node:path";
import process from "node:process";
import { listGuides, listPages } from "./lib/documents.mjs";
import { createLlmsFiles } from "./lib/llms.mjs";
import { readAnchors, readProse, readTargets, withoutCode, withoutTargets } from "./lib/markdown.mjs";

const longestLine = 100;
const longestReadme = 160;
const index = "docs/README.md";
/** The first page of the site. */
const home = "docs/index.md";

const pages = listPages();
const wrapped = [...listGuides(), "ARCHITECTURE.md", "CONTRIBUTING.md"];
/** @type {Set<string>} */
const linked = new Set([index, home]);
/** @type {string[]} */
const faults = [];

for (const document of [...wrapped, "SECURITY.md"]) checkLinks(document);
for (const document of wrapped) checkWidth(document);
for (const page of pages) checkPage(page);
for (const [path, text] of createLlmsFiles()) {
  const isCurrent = existsSync(path) && readFileSync(path, "utf8") === text;
  if (!isCurrent) faults.push(`${path}: not what the pages say now; run npm run docs:llms`);
}
const readmeLines = readFileSync("README.md", "utf8").trimEnd().split("\n").length;
if (readmeLines > longestReadme) faults.push(`README.md: ${readmeLines} lines, at most ${longestReadme}`);

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`${wrapped.length + 1} documents: links lead somewhere, prose is wrapped`);

/** @param {string} document */
function checkLinks(document) {
  for (const { number, text } of readProse(readFileSync(document, "utf8"))) {
    for (const target of readTargets(text)) {
      const fault = findLinkFault(document, target);
      if (fault !== undefined) faults.push(`${document}:${number}: ${target} ${fault}`);
    }
  }
}

/**
 * @param {string} document
 * @param {string} target
 */
function findLinkFault(document, target) {
  if (/^[a-z]+:/.test(target)) return undefined;
  if (target.startsWith("/")) return "is not relative";
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? document : posix.join(posix.dirname(document), path);
  if (!existsSync(file)) return "does not exist";
  if (document.startsWith("docs/") && file !== document) linked.add(file);
  if (statSync(file).isDirectory()) {
    if (document.startsWith("docs/") && file.startsWith("docs/")) return "is a folder: link to a page";
    return anchor === undefined ? undefined : "is a folder, which has no anchors";
  }
  if (anchor === undefined || readAnchors(readFileSync(file, "utf8")).includes(anchor)) return undefined;
  return "names no heading with the same anchor on GitHub and on a site";
}

/** Tables cannot be wrapped, and links only with difficulty. @param {string} document */
function checkWidth(document) {
  for (const { number, text } of readProse(readFileSync(document, "utf8"))) {
    if (text.trimStart().startsWith("|")) continue;
    const { length } = withoutTargets(text);
    if (length > longestLine) faults.push(`${document}:${number}: ${length} columns, at most ${longestLine}`);
  }
}

/** @param {string} page */
function checkPage(page) {
  const prose = readProse(readFileSync(page, "utf8"));
  const titles = prose.filter(({ text }) => text.startsWith("# "));
  if (titles.length !== 1 || titles[0]?.number !== 1) faults.push(`${page}: its first line must be its only title`);
  for (const { number, text } of prose) {
    if (/<[a-z/!]|\{\{/i.test(withoutCode(text))) faults.push(`${page}:${number}: HTML or {{ outside of code`);
  }
  if (!linked.has(page)) faults.push(`${page}: no other page of docs links to it`);
}
