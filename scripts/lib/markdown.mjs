// As much of Markdown as the checks of the documentation need: prose, headings and links.

/** @typedef {{ readonly number: number, readonly text: string }} Line */

/**
 * The lines outside of code blocks, numbered from 1.
 * @param {string} text
 * @returns {readonly Line[]}
 */
export function readProse(text) {
  let fence = "";
  return text.split("\n").flatMap((line, index) => {
    const [, mark = ""] = /^\s*(`{3,}|~{3,})/.exec(line) ?? [];
    const isInside = fence !== "";
    if (isInside && mark.startsWith(fence)) fence = "";
    else if (!isInside) fence = mark;
    return isInside || mark !== "" ? [] : [{ number: index + 1, text: line }];
  });
}

/**
 * The targets of links and images in a line. Inline code holds none.
 * @param {string} line
 */
export function readTargets(line) {
  const links = withoutCode(line).matchAll(/\]\(([^()\s]+)(?:\s+"[^"]*")?\)/g);
  return [...links].map(([, target = ""]) => target);
}

/** @param {string} line */
export function withoutTargets(line) {
  return line.replace(/\]\([^()\s]+\)/g, "]");
}

/** @param {string} line */
export function withoutCode(line) {
  return line.replace(/`[^`]*`/g, "");
}

/**
 * The anchors of a document's headings that mean the same on GitHub and on a site: VitePress puts a
 * hyphen where GitHub drops a character, so a heading such as "node:http" has two anchors.
 * @param {string} text
 */
export function readAnchors(text) {
  const counts = new Map();
  return readProse(text).flatMap(({ text: line }) => {
    const [, title] = /^#{1,6} (.+)$/.exec(line) ?? [];
    if (title === undefined) return [];
    const words = withoutTargets(title).toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-");
    const onSite = words.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
    const count = counts.get(anchor) ?? 0;
    counts.set(anchor, count + 1);
    if (anchor !== onSite) return [];
    return [count === 0 ? anchor : `${anchor}-${count}`];
  });
}
