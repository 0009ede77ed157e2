// How many columns of a terminal a text takes, so that carets stand under what they mean.

/**
 * Characters of two columns: East Asian Width W and F (Unicode Standard Annex #11), in ranges of
 * whole blocks, and emoji. JavaScript has no `\p{…}` for that property.
 */
const wide =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2fb}\u{1f200}-\u{1f251}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Marks that combine with the character before them, and characters that are drawn as nothing. */
const empty = /[\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\ud7b0-\ud7ff]/u;

/** The columns of one line that holds no controls. */
export function toWidth(text: string): number {
  // Most lines are ASCII.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** The text, cut to so many columns. What was cut off is shown by `ellipsis`. */
export function fitWidth(text: string, columns: number, ellipsis: string): string {
  if (toWidth(text) <= columns) return text;
  const most = columns - toWidth(ellipsis);
  let [width, end] = [0, 0];
  for (const character of text) {
    width += widthOf(character);
    if (width > most) break;
    end += character.length;
  }
  return text.slice(0, end) + ellipsis;
}

function widthOf(character: string): number {
  if (empty.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
