// Makes text from outside safe to print on a terminal, by the rule of the library's commands.

/**
 * Controls (C0, C1), formatting marks (bidirectional, invisible), unpaired surrogates, line and
 * paragraph separators, and characters drawn as nothing (variation selectors, fillers). They move
 * the cursor, rewrite or hide printed text, or change its reading order (CWE-150, CVE-2021-42574).
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;
const named: Readonly<Record<string, string>> = { "\r": "\\r", "\n": "\\n", "\t": "\\t" };

/** The text with each such character as a JSON escape. Line breaks stay. */
export function toPrintableLines(text: string): string {
  return text.replace(unprintable, (character) => (character === "\n" ? character : toCode(character)));
}

function toCode(character: string): string {
  const code = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return named[character] ?? character.split("").map(code).join("");
}
