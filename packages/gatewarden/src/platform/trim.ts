// Removes characters from the ends of a text. A regular expression such as `/\/+$/` tries every
// position, which takes quadratic time (CWE-1333).

/** The text without the given characters at its end. */
export function trimEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** The text without the given characters at either end. */
export function trimBoth(text: string, characters: string): string {
  const shorter = trimEnd(text, characters);
  let start = 0;
  while (start < shorter.length && characters.includes(shorter.charAt(start))) start++;
  return shorter.slice(start);
}
