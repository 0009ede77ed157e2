// Plain text and data → Markdown that VitePress shows as they are.

/** An address with a placeholder, such as `https://<tenant>.example/`: a link would lead nowhere. */
const template = /https?:\/\/(?:[^\s<>"`,;]*<[^>\n]*>)+(?:[^\s<>"`,;]*[^\s<>"`,;.])?/g;

/**
 * Text that may hold code in backticks: outside of code, nothing of it is HTML or a template.
 * @param {string} text
 */
export function toMarkdown(text) {
  return text
    .split(/(`+[^`]*`+)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(template, "`$&`")))
    .join("")
    .split(/(`+[^`]*`+)/)
    .map((part, index) => (index % 2 === 1 ? part : hideMarks(part)))
    .join("");
}

/** @param {string} text */
function hideMarks(text) {
  return text.replace(/[<>]/g, (mark) => (mark === "<" ? "&lt;" : "&gt;")).replaceAll("{{", "&#123;&#123;");
}

/**
 * Text in a cell of a table.
 * @param {string} text
 */
export function toCell(text) {
  return toMarkdown(text).replaceAll("|", "\\|").replaceAll("\n", " ");
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
export function toMarkdownTable(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/**
 * Codes with what each means: a list, which a narrow screen shows as well as a wide one.
 * @param {readonly (readonly [link: string, text: string])[]} items
 */
export function toList(items) {
  return items.map(([link, text]) => `- ${link}: ${toMarkdown(text).replaceAll("\n", " ")}`).join("\n");
}

/**
 * What kind of code a page is about, under its title: a reader may have come from anywhere.
 * @param {readonly string[]} parts
 */
export function toKicker(...parts) {
  return `${parts.join(" · ")} {.kicker}`;
}

/**
 * @param {string} language
 * @param {string} code
 */
export function toFence(language, code) {
  return `\`\`\`${language}\n${code.trimEnd()}\n\`\`\``;
}

/**
 * A page with its metadata; empty blocks are left out.
 * @param {Readonly<Record<string, unknown>>} data
 * @param {readonly string[]} blocks
 */
export function toPage(data, blocks) {
  const front = Object.entries(data).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `---\n${front.join("\n")}\n---\n\n${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}
