// Untrusted text → text that a terminal shows without acting on it. All output of commands passes
// here, human or JSON.

/**
 * Controls (C0, C1), formatting marks (bidirectional, invisible), lone surrogates, line and
 * paragraph separators, and invisible characters (variation selectors, fillers). They move the
 * cursor, rewrite or hide output, or change its reading order (CWE-150, CVE-2021-42574).
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;
const named: Readonly<Record<string, string>> = { "\r": "\\r", "\n": "\\n", "\t": "\\t" };

/**
 * The text on one line, with such characters escaped. The escapes are JSON's, so JSON stays
 * equivalent.
 */
export function toPrintable(text: string): string {
  return text.replace(unprintable, toCode);
}

/** The same for text of several lines: line ends stay. */
export function toPrintableLines(text: string): string {
  return text.replace(unprintable, (character) => (character === "\n" ? character : toCode(character)));
}

/** Beyond the first 65,536 characters, JSON needs two escapes for one character. */
function toCode(character: string): string {
  const code = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return named[character] ?? character.split("").map(code).join("");
}
