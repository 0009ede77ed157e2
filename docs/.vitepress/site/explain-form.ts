// The form of `explain.md`. The page is plain Markdown, which GitHub can show. Where that says that
// the form is on the site, the site has the form.
import type { MarkdownRenderer } from "vitepress";

const page = "explain.md";
const heading = "Paste it here";

export function addExplainForm(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push("explain-form", (state) => {
    if (state.env.relativePath !== page) return;
    const at = state.tokens.findIndex(({ type, content }) => type === "inline" && content === heading);
    if (at === -1) throw new Error(`${page} has no heading "${heading}"`);
    const form = new state.Token("html_block", "", 0);
    form.content = "<ExplainToken />\n";
    // After the inline text and the heading's end; the paragraph is three tokens.
    if (state.tokens[at + 2]?.type !== "paragraph_open") throw new Error(`${page} has no text under "${heading}"`);
    state.tokens.splice(at + 2, 3, form);
  });
}
