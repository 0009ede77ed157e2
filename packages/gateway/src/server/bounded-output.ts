// A stream that its reader does not read keeps what was written in memory. Beyond a bound, lines of
// the log are dropped and counted instead (CWE-770): requests matter more than their log.
import type { Writable } from "node:stream";

/** Bytes that may wait for the reader: some 50,000 lines. */
const mostWaiting = 16 * 1024 * 1024;

/** Writes whole lines to a stream. After a gap, a line says how many are missing. */
export function createBoundedOutput(
  stream: Pick<Writable, "write" | "writableLength">,
  most = mostWaiting,
): (text: string) => void {
  let dropped = 0;
  return (text) => {
    if (stream.writableLength >= most) {
      dropped += countLines(text);
      return;
    }
    const gap = dropped === 0 ? "" : toGapLine(dropped);
    dropped = 0;
    stream.write(gap + text);
  };
}

function toGapLine(lines: number): string {
  return `${JSON.stringify({ time: new Date().toISOString(), event: "log_lines_dropped", lines })}\n`;
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
