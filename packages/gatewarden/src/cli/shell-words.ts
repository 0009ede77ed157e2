// A command line → its words, as split by a POSIX shell, and as browsers write them for cmd (`^"`).
// Variables stay unexpanded: their values are unknown here.
import { Scanner } from "./scanner.js";

/** The words, and the number of characters read. An unclosed quote extends to the end. */
export function splitWords(text: string): { readonly words: readonly string[]; readonly steps: number } {
  const scanner = new Scanner(text.replace(/[\\^`]\r?\n/g, " ").replace(/\^(["&%^])/g, "$1"));
  const words: string[] = [];
  for (;;) {
    scanner.takeWhile(isBlank);
    if (scanner.isAtEnd) return { words, steps: scanner.steps };
    words.push(takeWord(scanner));
  }
}

function takeWord(scanner: Scanner): string {
  const parts: string[] = [];
  while (!scanner.isAtEnd && !isBlank(scanner.peek())) {
    const plain = scanner.takeWhile(isPlainWord);
    parts.push(plain === "" ? takeSpecial(scanner) : plain);
  }
  return parts.join("");
}

/** Reads what a quote, a backslash or a dollar sign begins. */
function takeSpecial(scanner: Scanner): string {
  const character = scanner.take();
  if (character === "\\") return scanner.take();
  if (character === '"') return takeQuoted(scanner, '"', '"\\$`');
  if (character === "'") return takeQuoted(scanner, "'", "");
  // `$'…'`, which browsers write for text that contains quotes.
  if (scanner.peek() !== "'") return character;
  scanner.take();
  return takeQuoted(scanner, "'", "'\"\\");
}

/** Reads up to the closing quote. A backslash is removed only before certain characters. */
function takeQuoted(scanner: Scanner, quote: string, escapable: string): string {
  const parts: string[] = [];
  const isInner = (character: string) => character !== quote && (escapable === "" || character !== "\\");
  while (!scanner.isAtEnd) {
    parts.push(scanner.takeWhile(isInner));
    const character = scanner.take();
    if (character === quote) break;
    const next = scanner.take();
    parts.push(escapable.includes(next) ? next : character + next);
  }
  return parts.join("");
}

function isBlank(character: string): boolean {
  return character.trim() === "";
}

function isPlainWord(character: string): boolean {
  return !isBlank(character) && character !== "'" && character !== '"' && character !== "\\" && character !== "$";
}
