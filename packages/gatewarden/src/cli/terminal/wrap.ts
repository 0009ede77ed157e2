// Text → lines that fit a terminal.
import { toWidth } from "./text-width.js";

/** How a text is wrapped. */
export interface WrapOptions {
  /** Columns of a line. */
  readonly width: number;
  /** What stands before each line but the first. */
  readonly indent?: string;
  /** Columns that are taken on the first line. Default: those of the indent. */
  readonly taken?: number;
}

/**
 * Breaks lines between words only. A longer word, such as a URL, has a line of its own, which the
 * terminal wraps: so it can still be copied and opened.
 */
export function wrap(text: string, { width, indent = "", taken = indent.length }: WrapOptions): string {
  const lines: string[] = [];
  let [line, used] = ["", taken];
  for (const word of text.split(" ")) {
    const columns = toWidth(word);
    if (line !== "" && used + 1 + columns > width) {
      lines.push(line);
      [line, used] = ["", indent.length];
    }
    used += (line === "" ? 0 : 1) + columns;
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${indent}`);
}
