// Text from outside → text that a terminal shows and does not act on. The same rule as the
// library's commands have; a test of the library compares them.

/**
 * Controls (C0, C1), formatting marks (bidirectional, invisible), half surrogate pairs, line and
 * paragraph separators, and what is drawn as nothing (variation selectors, fillers). They move the
 * cursor, rewrite or hide what was printed, or change the order in which it is read (CWE-150,
 * CVE-2021-42574).
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;
const named: Readonly<Record<string, string>> = { "\r": "\\r", "\n": "\\n", "\t": "\\t" };

/** The text on one line, each such character as its code, as JSON writes it. */
export function toPrintable(text: string): string {
  return text.replace(unprintable, toCode);
}

/** The same, for text of several lines: line ends stay. */
export function toPrintableLines(text: string): string {
  return text.replace(unprintable, (character) => (character === "\n" ? character : toCode(character)));
}

function toCode(character: string): string {
  const code = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return named[character] ?? character.split("").map(code).join("");
}
