// One line on standard error that names the current step, and is cleared afterwards. Only on a
// terminal.
import type { Symbols } from "./look.js";
import { toPrintable } from "./printable.js";
import { fitWidth } from "./text-width.js";

/** The current step. */
export interface ProgressLine {
  /** Shows the step if it takes longer than a moment. */
  readonly show: (step: string) => void;
  /** Removes the line, before anything else is printed. */
  readonly clear: () => void;
}

interface ProgressPlace {
  /** Undefined: shows nothing. */
  readonly write: ((text: string) => void) | undefined;
  readonly columns: number;
  readonly symbols: Symbols;
}

/** A step that ends sooner is not shown: the line would only flicker. Milliseconds. */
const delay = 300;
const period = 100;
const eraseLine = "\r\u001b[2K";

export function createProgressLine({ write, columns, symbols }: ProgressPlace): ProgressLine {
  if (write === undefined) return { show: () => {}, clear: () => {} };
  let timer: NodeJS.Timeout | undefined;
  let isShown = false;
  const clear = () => {
    clearTimeout(timer);
    timer = undefined;
    if (isShown) write(eraseLine);
    isShown = false;
  };
  const show = (step: string) => {
    clear();
    // A line that wraps could not be erased.
    const text = fitWidth(toPrintable(step), columns - 4, symbols.ellipsis);
    const draw = (frame: number) => {
      isShown = true;
      write(`${eraseLine}${symbols.spinner[frame % symbols.spinner.length]} ${text}`);
      timer = setTimeout(draw, period, frame + 1).unref();
    };
    timer = setTimeout(draw, delay, 0).unref();
  };
  return { show, clear };
}
