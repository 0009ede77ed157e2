// Names and what there is to say of them, in two columns.
import { toWidth, wrap } from "gatewarden/terminal";

/** One line. */
export interface Row {
  readonly name: string;
  readonly text: string;
  /** Stands before the name. Default: two spaces. */
  readonly mark?: string;
}

/** At least this much is left for the text. */
const leastText = 24;

/** On a terminal, a long text goes on below its beginning. Elsewhere each row is one line. */
export function formatRows(rows: readonly Row[], width: number): string {
  const column = Math.max(0, ...rows.map(({ name }) => toWidth(name)));
  const indent = 2 + column + 2 + leastText > width ? 4 : 2 + column + 2;
  return rows
    .map(({ name, text, mark = "  " }) => {
      const padding = " ".repeat(column - toWidth(name) + 2);
      const taken = 2 + column + 2;
      return `${mark}${name}${padding}${wrap(text, { width, indent: " ".repeat(indent), taken })}\n`;
    })
    .join("");
}
