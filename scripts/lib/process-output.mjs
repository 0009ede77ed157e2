// What a child process writes.
import { toPrintableLines } from "./printable.mjs";

/**
 * Keeps the output back until it is wanted, so that it does not run into what is being shown.
 * @param {import("./processes.mjs").ChildProcess} child
 */
export function collect(child) {
  let text = "";
  let isShown = false;
  const take = (/** @type {string} */ chunk) => {
    if (isShown) process.stdout.write(toPrintableLines(chunk));
    else text += chunk;
  };
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", take);
  return {
    text: () => text.trim(),
    show: () => {
      isShown = true;
    },
    ended: /** @type {Promise<void>} */ (new Promise((resolve) => child.once("close", () => resolve()))),
  };
}
