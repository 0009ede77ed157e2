// What `gatewarden init` shows: the difference, and what is left to do.
import { createTwoFilesPatch } from "diff";
import { type CliIo, paint } from "../io.js";
import { toPrintableLines } from "../terminal/printable.js";
import type { Change } from "./plan.js";

/** Unified differences. Texts of the project may hold anything, so they are made printable. */
export function toDifference(changes: readonly Change[], io: CliIo): string {
  return changes.map((change) => colour(toPrintableLines(toPatch(change)), io)).join("\n");
}

function toPatch({ path, before, after }: Change): string {
  const old = before === undefined ? "/dev/null" : `a/${path}`;
  const patch = createTwoFilesPatch(old, `b/${path}`, before ?? "", after, undefined, undefined, { context: 2 });
  return patch.replace(/^=+\n/, "");
}

function colour(patch: string, io: CliIo): string {
  const lines = patch.split("\n").map((line) => {
    if (/^(---|\+\+\+) /.test(line)) return paint("bold", line, io);
    if (line.startsWith("+")) return paint("green", line, io);
    return line.startsWith("-") ? paint("red", line, io) : line;
  });
  return lines.join("\n");
}
