// What `gatewarden init` shows: the difference.
import { createTwoFilesPatch } from "diff";
import { type Painted, paintSource, type Style } from "gatewarden/terminal";
import type { Change } from "./plan.js";

/** Unified differences. */
export function toDifference(changes: readonly Change[]): readonly Painted[] {
  return changes
    .map(toPatch)
    .join("\n")
    .split(/(?<=\n)/)
    .map((line) => paintSource(toStyle(line), line));
}

function toPatch({ path, before, after }: Change): string {
  const old = before === undefined ? "/dev/null" : `a/${path}`;
  const patch = createTwoFilesPatch(old, `b/${path}`, before ?? "", after, undefined, undefined, { context: 2 });
  return patch.replace(/^=+\n/, "");
}

function toStyle(line: string): Style | undefined {
  if (/^(---|\+\+\+) /.test(line)) return "strong";
  if (line.startsWith("+")) return "ok";
  return line.startsWith("-") ? "error" : undefined;
}
