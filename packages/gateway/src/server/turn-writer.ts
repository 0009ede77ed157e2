// Lines of the log, written once per turn of the event loop: a write of its own for each line costs
// half as much as the answer.
import type { WriteLine } from "./access-log.js";

/** Collects lines. */
export interface TurnWriter {
  readonly write: WriteLine;
  /** Writes what is collected, before the process ends. */
  readonly flush: () => void;
}

/** Characters after which a turn does not wait for its end. */
const most = 65_536;

/** `out` gets whole lines, in their order. */
export function createTurnWriter(out: (text: string) => void): TurnWriter {
  let collected = "";
  const flush = () => {
    const text = collected;
    collected = "";
    if (text !== "") out(text);
  };
  return {
    write: (line) => {
      if (collected === "") setImmediate(flush);
      collected += `${line}\n`;
      if (collected.length > most) flush();
    },
    flush,
  };
}
