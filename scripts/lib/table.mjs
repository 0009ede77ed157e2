// A plain text table.

/**
 * Rows as aligned lines, without blanks at the end.
 * @param {readonly (readonly string[])[]} rows
 * @returns {readonly string[]}
 */
export function toTable(rows) {
  const widths = rows.reduce(
    (/** @type {readonly number[]} */ most, row) => row.map((cell, column) => Math.max(most[column] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Whether standard output is a terminal that wants colours (see no-color.org). */
export const hasColours = process.stdout.isTTY === true && !process.env["NO_COLOR"];

/**
 * Text in green or red where colours are wanted.
 * @param {string} text
 * @param {boolean} isGood
 */
export function paint(text, isGood) {
  return hasColours ? `\x1b[${isGood ? 32 : 31}m${text}\x1b[0m` : text;
}
