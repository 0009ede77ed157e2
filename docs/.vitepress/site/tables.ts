// Tables that a narrow screen can show: each cell knows its column's name, so that the style sheet
// may set the cells of a row one below the other. Code breaks between its words, not within them.
// A row of the option table has an address, `/options#clockTolerance`.
import type { MarkdownRenderer } from "vitepress";

type Token = ReturnType<MarkdownRenderer["parse"]>[number];

const optionPage = "options.md";
const longestWhole = 20;
/** A table of two columns with more text than this in a cell is prose, which does not fit beside. */
const longestBeside = 80;

export function addTables(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push("tables", (state) => {
    const isOptions = state.env.relativePath === optionPage;
    for (const table of readTables(state.tokens)) {
      labelCells(table);
      if (isOptions) nameRows(table);
    }
  });
  // VitePress writes tables without their attributes.
  const open = markdown.renderer.rules["table_open"];
  markdown.renderer.rules["table_open"] = (tokens, index, options, env, self) => {
    const html = open?.(tokens, index, options, env, self) ?? self.renderToken(tokens, index, options);
    return html.replace("<table", `<table class="${tokens[index]?.attrGet("class") ?? ""}"`);
  };
  const other = markdown.renderer.rules.code_inline;
  markdown.renderer.rules.code_inline = (tokens, index, options, env, self) => {
    const html = other?.(tokens, index, options, env, self) ?? self.renderToken(tokens, index, options);
    return tokens[index]?.meta?.isInTable === true ? html.replace(/(?<=>)[^<]+/, addBreaks) : html;
  };
}

function readTables(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const ends = tokens.flatMap(({ type }, index) => (type === "table_close" ? [index] : []));
  return ends.map((end) => {
    const start = tokens.slice(0, end).findLastIndex(({ type }) => type === "table_open");
    return tokens.slice(start, end);
  });
}

function labelCells(table: readonly Token[]): void {
  const names = table.flatMap(({ type }, index) => (type === "th_open" ? [toText(table[index + 1])] : []));
  const isProse = table.some(({ content, type }) => type === "inline" && content.length > longestBeside);
  const look = [...(names.length > 2 || isProse ? ["stacks"] : []), ...(names.length > 4 ? ["dense"] : [])];
  table[0]?.attrSet("class", look.join(" "));
  let column = 0;
  for (const token of table) {
    if (token.type === "tr_open") column = 0;
    if (token.type === "td_open") token.attrSet("data-label", names[column++] ?? "");
    for (const child of token.children ?? []) {
      if (child.type === "code_inline") child.meta = { ...child.meta, isInTable: true };
    }
  }
}

/** By the code in its first cell. */
function nameRows(table: readonly Token[]): void {
  table.forEach((token, index) => {
    if (token.type !== "tr_open" || table[index + 1]?.type !== "td_open") return;
    const code = table[index + 2]?.children?.find(({ type }) => type === "code_inline");
    if (code !== undefined) token.attrSet("id", code.content);
  });
}

function toText(inline: Token | undefined): string {
  return (inline?.children ?? []).map(({ content }) => content).join("");
}

/** After what separates words, and where a capital begins the next one. Short code stays whole. */
function addBreaks(code: string): string {
  if (code.length <= longestWhole) return code;
  return code.replace(/[/._,(=:](?=[^\s/._,(=:;&])|(?<=[a-z])(?=[A-Z][a-z])/g, "$&<wbr>");
}
