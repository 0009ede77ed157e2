// Pictures: GitHub shows `![…](images/road.svg)` as an image, with the colours of the system. The
// site puts the drawing into the page, so that it has the colours that the reader chose there.
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import type { MarkdownRenderer } from "vitepress";

export function addFigures(markdown: MarkdownRenderer, docs: string): void {
  const other = markdown.renderer.rules.image;
  markdown.renderer.rules.image = (tokens, index, options, env, self) => {
    const source = tokens[index]?.attrGet("src") ?? "";
    if (!source.endsWith(".svg") || /^[a-z]+:/.test(source)) {
      return other?.(tokens, index, options, env, self) ?? self.renderToken(tokens, index, options);
    }
    const file = posix.join(docs, posix.dirname(env.relativePath ?? ""), source);
    return `<span class="figure">${toInline(readFileSync(file, "utf8"))}</span>`;
  };
}

/** Without its own colours: the site's style sheet has them, for light and dark. */
function toInline(svg: string): string {
  return svg
    .replace(/<style>[\s\S]*?<\/style>/, "")
    .replace(/^\s*\n/gm, "")
    .trim();
}
