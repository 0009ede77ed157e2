// The documentation as coding agents take it: an index and the whole text, in the form of
// llmstxt.org.
import { readFileSync } from "node:fs";
import { posix } from "node:path";

const index = "docs/README.md";
const site = JSON.parse(readFileSync("packages/gatewarden/package.json", "utf8")).homepage.replace(/#.*/, "");

/**
 * Each file with its text. The order of the pages is that of the documentation's index.
 * @returns {ReadonlyMap<string, string>}
 */
export function createLlmsFiles() {
  const sections = readSections();
  return new Map([
    ["docs/llms.txt", toIndex(sections)],
    ["docs/llms-full.txt", toWholeText(sections)],
  ]);
}

/** @typedef {{ readonly title: string, readonly pages: readonly { readonly name: string, readonly path: string }[] }} Section */

/** @returns {readonly Section[]} */
function readSections() {
  const [, ...parts] = readFileSync(index, "utf8").split(/^## /m);
  const sections = parts.map((part) => {
    const [title = ""] = part.split("\n", 1);
    const links = part.matchAll(/\[([^\]]+)\]\(([^()#\s]+\.md)\)/g);
    const pages = [...links].map(([, name = "", target = ""]) => ({ name, path: posix.join("docs", target) }));
    return { title, pages };
  });
  // What only the site has is not in these files.
  return sections.filter(({ pages }) => pages.length > 0);
}

/** The first paragraph of the README. */
function readSummary() {
  const [, paragraph = ""] = readFileSync("README.md", "utf8").split("\n\n");
  return paragraph.replaceAll("\n", " ");
}

/** @param {readonly Section[]} sections */
function toIndex(sections) {
  const skill = `- [Skill: everything on one page](${site}/blob/main/skills/gatewarden/SKILL.md)`;
  const lists = sections.map(({ title, pages }) => {
    const lines = pages.map(({ name, path }) => `- [${name}](${site}/blob/main/${path})`);
    return `## ${title}\n\n${lines.join("\n")}`;
  });
  return `${["# Gatewarden", `> ${readSummary()}`, skill, ...lists].join("\n\n")}\n`;
}

/** @param {readonly Section[]} sections */
function toWholeText(sections) {
  const paths = sections.flatMap(({ pages }) => pages.flatMap(({ path }) => [path, ...readSubPages(path)]));
  const all = ["skills/gatewarden/SKILL.md", ...new Set(paths)];
  const texts = all.map((path) => `<!-- ${path} -->\n\n${readFileSync(path, "utf8").trim()}`);
  return `${["# Gatewarden", `> ${readSummary()}`, ...texts].join("\n\n")}\n`;
}

/**
 * The pages below a page, such as those of the frameworks. Decisions are for people who change the
 * library.
 * @param {string} path
 */
function readSubPages(path) {
  const folder = posix.dirname(path);
  const targets = [...readFileSync(path, "utf8").matchAll(/\]\(((?:frameworks|migrating)\/[^()#\s]+\.md)/g)];
  return targets.map(([, target = ""]) => posix.join(folder, target));
}
