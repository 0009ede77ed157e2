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

/** A writer whose lines are not lost when the process ends. */
export interface LastingWriter {
  readonly write: WriteLine;
  /** Writes what is collected, and no longer waits for the end of the process. */
  readonly close: () => void;
}

/** As above; what is collected is also written at `process.exit` and after an unhandled error. */
export function createLastingWriter(out: (text: string) => void): LastingWriter {
  const { write, flush } = createTurnWriter(out);
  process.once("exit", flush);
  return {
    write,
    close: () => {
      process.off("exit", flush);
      flush();
    },
  };
}
