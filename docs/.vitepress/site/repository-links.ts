// Links that work on GitHub → links that work on the site: to a page of the site, or to the file
// in the repository.
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import type { MarkdownRenderer } from "vitepress";

const manifest: { homepage: string } = JSON.parse(
  readFileSync(new URL("../../../packages/gatewarden/package.json", import.meta.url), "utf8"),
);

/** Where the sources are, as the package says. */
export const repository: string = manifest.homepage.replace(/#.*/, "");

/** Applies to every link before VitePress looks at it. */
export function resolveLinks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push("repository-links", (state) => {
    const page: string = state.env.relativePath ?? "";
    for (const token of state.tokens.flatMap(({ children }) => children ?? [])) {
      const target = token.type === "link_open" ? token.attrGet("href") : null;
      if (target !== null) token.attrSet("href", toSiteLink(page, target));
    }
  });
}

/** The link on the site for a link in a page of `docs`. Absolute ones stay. */
export function toSiteLink(page: string, target: string): string {
  if (/^([a-z]+:|\/|#)/.test(target)) return target;
  const [path = "", anchor] = target.split("#");
  const hash = anchor === undefined ? "" : `#${anchor}`;
  const file = posix.join("docs", posix.dirname(page), path);
  if (!file.startsWith("docs/")) return `${repository}/blob/main/${file}${hash}`;
  if (!file.endsWith(".md")) return `${repository}/blob/main/${file}${hash}`;
  const name = file.slice("docs".length, -".md".length);
  return `${toAddress(name)}${hash}`;
}

/** GitHub shows a folder's README; the site has an index, and its first page is another one. */
function toAddress(name: string): string {
  if (name === "/README") return "/contents";
  return name.replace(/\/(README|index)$/, "/");
}
