// Text from outside → text that a terminal shows and does not act on. All that commands print
// passes here, human or JSON.
import type { CliStreams } from "./streams.js";

/**
 * Controls (C0, C1), formatting marks (bidirectional, invisible), half surrogate pairs, line and
 * paragraph separators, and what is drawn as nothing (variation selectors, fillers). They move the
 * cursor, rewrite or hide what was printed, or change the order in which it is read (CWE-150,
 * CVE-2021-42574).
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;
const named: Readonly<Record<string, string>> = { "\r": "\\r", "\n": "\\n", "\t": "\\t" };

/**
 * The text on one line, each such character as its code. The codes are JSON's, so JSON stays the
 * same JSON.
 */
export function toPrintable(text: string): string {
  return text.replace(unprintable, toCode);
}

/** The same, for text of several lines: line ends stay. */
export function toPrintableLines(text: string): string {
  return text.replace(unprintable, (character) => (character === "\n" ? character : toCode(character)));
}

/** Streams that print nothing else. */
export function toPrintableStreams(streams: CliStreams): CliStreams {
  const { out, error } = streams;
  return {
    ...streams,
    out: (text) => out(toPrintableLines(text)),
    error: (text) => error(toPrintableLines(text)),
  };
}

/** Beyond the first 65,536 characters, JSON writes two codes for one. */
function toCode(character: string): string {
  const code = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return named[character] ?? character.split("").map(code).join("");
}
