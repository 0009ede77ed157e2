// The form of `explain.md`. The page is plain Markdown, which GitHub can show; the site puts the
// form under its heading.
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
    // After the inline text and the heading's end.
    state.tokens.splice(at + 2, 0, form);
  });
}
