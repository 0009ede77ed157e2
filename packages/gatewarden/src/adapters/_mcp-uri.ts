// MCP: URIs of resources, and the templates (RFC 6570) that stand for many of them.

/** No server in the field uses longer ones, and matching takes time. */
const maxLength = 8192;

/** The forms in which a server may look a URI up: the official SDKs normalise it first. */
export function readUriForms(uri: string): readonly string[] {
  try {
    return [...new Set([uri, new URL(uri).href])];
  } catch {
    return [uri];
  }
}

/** Whether the text has an expression of a URI template. */
export function isTemplate(text: string): boolean {
  return /\{[^{}]+\}/.test(text);
}

/**
 * Whether a template may stand for the URI. Rather matches too much than too little: what a server
 * takes for this template must not be missed here. Takes linear time per expression (CWE-1333).
 */
export function matchesTemplate(template: string, uri: string): boolean {
  if (uri.length > maxLength || !matchesText(template, uri)) return false;
  // A simple expression stays within its segment (RFC 6570 §3.2.2). Others may hold slashes.
  if (/\{[^\w%]|\*\}/.test(template)) return true;
  const [expected, actual] = [template.split("/"), uri.split("/")];
  return expected.length === actual.length && expected.every((part, index) => matchesText(part, actual[index] ?? ""));
}

/** Each expression stands for any text: the literals must follow each other. */
function matchesText(template: string, text: string): boolean {
  const literals = template.split(/\{[^{}]*\}/);
  const [first = "", last = ""] = [literals[0], literals.at(-1)];
  if (literals.length === 1) return text === first;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const literal of literals.slice(1, -1)) {
    const at = text.indexOf(literal, from);
    if (at < 0 || at + literal.length > end) return false;
    from = at + literal.length;
  }
  return true;
}
