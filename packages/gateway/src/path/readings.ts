// Other ways in which an upstream may read an accepted path. The rule that was found must be the
// one for each of them: a rule is then never passed by with another spelling.
import { GatewayRefusal } from "../refusals.js";
import type { ParsedPath } from "./parse-target.js";

/** One way to read a path. */
export interface Reading {
  readonly segments: readonly string[];
  /** How segments are compared with the literals of a pattern. */
  readonly form: "exact" | "raw" | "folded";
  /** Which rules for this reading refuse: any other one, also none, or one that stands earlier. */
  readonly refusing: "other" | "other or none" | "earlier";
}

/**
 * The readings besides the exact one, for routers that
 * - do not decode (`/users/%40me`);
 * - ignore case, or Unicode's compatible forms (IIS, Express and ASP.NET routing; CWE-178);
 * - ignore a final slash (Express, Spring before 6; CWE-436);
 * - decode `?` and `#` before they cut the query (CWE-436);
 * - ignore blanks around a name (Spring: CVE-2016-5007), or dots at its end (Windows: CWE-42).
 * Throws `GatewayRefusal` if one of them has dot segments or empty ones.
 */
export function toReadings({ text, segments, rawSegments }: ParsedPath): readonly Reading[] {
  const readings: Reading[] = [];
  if (rawSegments !== segments) readings.push({ segments: rawSegments, form: "raw", refusing: "other" });
  const folded = toFolded(segments);
  const add = (changed: readonly string[], refusing: Reading["refusing"]) => {
    if (changed === folded) return;
    requireNormal(changed);
    readings.push({ segments: changed, form: "folded", refusing });
  };
  readings.push({ segments: folded, form: "folded", refusing: "other" });
  if (text.includes("%")) {
    requireNormal(folded);
    add(cut(folded), "other or none");
  }
  add(trim(folded), "other or none");
  add(withoutSlash(folded), "earlier");
  const trimmed = trim(cut(folded));
  if (trimmed !== folded) add(withoutSlash(trimmed), "other");
  return readings;
}

/** ASCII without capitals: folding changes nothing. */
const foldedAlready = /^[\x20-\x40\x5b-\x7e]*$/;

/** A segment as routers that ignore case compare it. */
export function foldSegment(segment: string): string {
  if (foldedAlready.test(segment)) return segment;
  // Upper case first: `ſ` and `ı` become letters of ASCII that way.
  return segment.normalize("NFKC").toUpperCase().toLowerCase();
}

/** Compatible forms of slashes separate segments for who converts them. */
function toFolded(segments: readonly string[]): readonly string[] {
  const text = segments.join("/");
  if (foldedAlready.test(text) && !text.includes("\\")) return segments;
  return segments.map(foldSegment).join("/").replaceAll("\\", "/").split("/");
}

/** Compatible forms of slashes and dots make segments that the path itself did not have. */
function requireNormal(segments: readonly string[]): void {
  if (segments.includes(".") || segments.includes("..")) throw new GatewayRefusal("path_dot_segment");
  const isEmpty = (segment: string, index: number) => segment === "" && index < segments.length - 1;
  if (segments.some(isEmpty)) throw new GatewayRefusal("path_empty_segment");
}

function cut(segments: readonly string[]): readonly string[] {
  const at = segments.findIndex((segment) => /[?#]/.test(segment));
  if (at === -1) return segments;
  return [...segments.slice(0, at), (segments[at] as string).replace(/[?#].*$/s, "")];
}

function trim(segments: readonly string[]): readonly string[] {
  if (!segments.some((segment) => /^ |[. ]$/.test(segment))) return segments;
  const trimmed = segments.map((segment) => segment.replace(/^ +|[. ]+$/g, ""));
  // A name of dots and blanks alone may be the folder itself, or the one above.
  if (trimmed.some((segment, index) => segment === "" && segments[index] !== ""))
    throw new GatewayRefusal("path_dot_segment");
  return trimmed;
}

function withoutSlash(segments: readonly string[]): readonly string[] {
  return segments.length > 1 && segments.at(-1) === "" ? segments.slice(0, -1) : segments;
}
