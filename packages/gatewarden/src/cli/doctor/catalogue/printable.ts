// Text from outside → text that may be shown: no secrets, nothing that moves a terminal's cursor, no endless lines.
import { hideTokens } from "../../../explain/redact.js";

const maxLength = 400;

/**
 * Hides user names and passwords in URLs, and whatever looks like a token. Control characters, which could rewrite the terminal (CWE-150),
 * become visible.
 */
export function toPrintable(text: string): string {
  const withoutUsers = text.replace(/(^|\/\/|["'\s])[^\s/"']+@(?=[\w[])/g, "$1…@");
  const shown = hideTokens(withoutUsers, "<token>").replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, makeVisible);
  return shown.length > maxLength ? `${shown.slice(0, maxLength)}…` : shown;
}

const named: Readonly<Record<string, string>> = { "\r": "\\r", "\n": "\\n", "\t": "\\t" };

function makeVisible(char: string): string {
  return named[char] ?? `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}
