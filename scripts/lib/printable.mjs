// Text from outside → text that a terminal shows and does not act on. The same rule as the
// library's commands have, in plain JavaScript, since scripts run before anything is built; a test
// of the library compares them. All that scripts print passes here.

/**
 * Controls (C0, C1), formatting marks (bidirectional, invisible), half surrogate pairs, line and
 * paragraph separators, and what is drawn as nothing (variation selectors, fillers). They move the
 * cursor, rewrite or hide what was printed, or change the order in which it is read (CWE-150,
 * CVE-2021-42574).
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;
/** @type {Readonly<Record<string, string>>} */
const named = { "\r": "\\r", "\n": "\\n", "\t": "\\t" };

/**
 * The text on one line, each such character as its code, as JSON writes it.
 * @param {string} text
 */
export function toPrintable(text) {
  return text.replace(unprintable, toCode);
}

/**
 * The same, for text of several lines: line ends stay.
 * @param {string} text
 */
export function toPrintableLines(text) {
  return text.replace(unprintable, (character) => (character === "\n" ? character : toCode(character)));
}

/**
 * Prints a line, or several.
 * @param {string} text
 */
export function print(text) {
  console.log(toPrintableLines(text));
}

/**
 * The same on standard error.
 * @param {string} text
 */
export function printError(text) {
  console.error(toPrintableLines(text));
}

/** @param {string} character */
function toCode(character) {
  const code = (/** @type {string} */ unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return named[character] ?? character.split("").map(code).join("");
}
