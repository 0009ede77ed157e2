// The sidebar: the order of the questions in `docs/README.md`, then what one looks up.
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import type { DefaultTheme } from "vitepress";
import { toSiteLink } from "./repository-links.js";

type Item = DefaultTheme.SidebarItem;

const allQuestions = "All questions";

/** Pages with further pages below them, which their own text links to. */
const folders: Readonly<Record<string, string>> = {
  "frameworks.md": "frameworks",
  "migrating.md": "migrating",
  "decisions/README.md": "decisions",
};

/** Reads the sections of the index. Their names and their order are those of the questions. */
export function readNavigation(docs: string): Item[] {
  const [, ...parts] = readFileSync(posix.join(docs, "README.md"), "utf8").split(/^## /m);
  // What one looks up is generated, so the index names no pages of it.
  const sections = parts
    .filter((part) => !part.startsWith("Look up\n"))
    .map((part) => {
      const [title = ""] = part.split("\n", 1);
      // With a link, the title and the arrow that folds the section are two controls, not one in another.
      const link = `/contents#${title.toLowerCase().replaceAll(" ", "-")}`;
      // Below a page, the way back to one of these is the way to the list.
      return { text: title, link, docFooterText: allQuestions, items: readEntries(docs, part), collapsed: false };
    });
  const [first, ...others] = sections;
  return [
    ...(first === undefined ? [] : [{ ...first, items: [{ text: allQuestions, link: "/contents" }, ...first.items] }]),
    ...others.map((section) => ({ ...section, collapsed: true })),
    lookUp,
  ];
}

const lookUp: Item = {
  text: "Look up",
  link: "/contents#look-up",
  collapsed: false,
  items: [
    { text: "Explain a token", link: "/explain" },
    { text: "Reasons", link: "/reasons/" },
    { text: "Findings of doctor", link: "/doctor/" },
    { text: "Faults", link: "/faults/" },
    { text: "Metrics and log fields", link: "/metrics" },
    { text: "Options", link: "/options" },
    { text: "Reference of names", link: "/reference/" },
  ],
};

/** Guides that stand under "Look up". */
const lookedUp = ["explain.md", "options.md"];

/** Titles are shorter than questions; a page below another one is told there. */
function readEntries(docs: string, section: string): Item[] {
  const targets = [...section.matchAll(/^ *(?:\d+\.|-) \[[^\]]+\]\(([^()#\s]+\.md)\)/gm)].map(
    ([, target = ""]) => target,
  );
  const listed = targets.filter((target) => !/^\.\.\//.test(target) && !isBelowListed(target, targets));
  return listed.filter((target) => !lookedUp.includes(target)).map((target) => toItem(docs, target));
}

function isBelowListed(target: string, targets: readonly string[]): boolean {
  return targets.some((other) => other !== target && target.startsWith(`${folders[other] ?? "\0"}/`));
}

function toItem(docs: string, target: string): Item {
  const item = { text: readTitle(docs, target), link: toSiteLink("index.md", target) };
  const folder = folders[target];
  if (folder === undefined) return item;
  const text = readFileSync(posix.join(docs, target), "utf8");
  const below = [...text.matchAll(/\]\(([^()#\s]+\.md)/g)]
    .map(([, link = ""]) => posix.join(posix.dirname(target), link))
    .filter((link) => link.startsWith(`${folder}/`) && link !== target && existsSync(posix.join(docs, link)));
  return { ...item, collapsed: true, items: [...new Set(below)].map((link) => toItem(docs, link)) };
}

function readTitle(docs: string, target: string): string {
  const [, title = target] = /^# (.+)$/m.exec(readFileSync(posix.join(docs, target), "utf8")) ?? [];
  return title.replaceAll("`", "");
}
