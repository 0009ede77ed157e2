// Other ways in which an upstream may read an accepted path. The rule that was found must be the
// one for each of them: a rule is then never passed by with another spelling.
import { GatewayRefusal } from "../refusals.js";
import type { ParsedPath } from "./parse-target.js";

/** One way to read a path. */
export interface Reading {
  readonly segments: readonly string[];
  /** How segments are compared with the literals of a pattern. */
  readonly form: "exact" | "raw" | "folded";
  /** Whether no rule for this reading refuses as well. */
  readonly needsRule: boolean;
}

/**
 * The readings besides the exact one, for routers that
 * - do not decode (`/users/%40me`);
 * - ignore case, or Unicode's compatible forms (IIS, Express and ASP.NET routing; CWE-178);
 * - ignore a final slash (Express, Django, Spring before 6: CVE-2023-34035 class);
 * - decode `?` and `#` before they cut the query (CWE-436);
 * - ignore dots and blanks at the end of a name (Windows: CWE-46, CWE-42).
 * Throws `GatewayRefusal` (`path_dot_segment`) if one of them has dot segments.
 */
export function toReadings({ text, segments, rawSegments }: ParsedPath): readonly Reading[] {
  const readings: Reading[] = [];
  if (rawSegments !== segments) readings.push({ segments: rawSegments, form: "raw", needsRule: false });
  const folded = toFolded(segments);
  const add = (changed: readonly string[], needsRule: boolean) => {
    if (changed === folded) return;
    requireNoDots(changed);
    readings.push({ segments: changed, form: "folded", needsRule });
  };
  readings.push({ segments: folded, form: "folded", needsRule: false });
  if (text.includes("%")) {
    requireNoDots(folded);
    add(cut(folded), true);
  }
  add(trim(folded), true);
  add(withoutSlash(folded), false);
  const most = withoutSlash(trim(cut(folded)));
  if (readings.length > 2) add(most, false);
  return readings;
}

/** A segment as routers that ignore case compare it. */
export function foldSegment(segment: string): string {
  // Upper case first: `ſ` and `ı` become letters of ASCII that way.
  return segment.normalize("NFKC").toUpperCase().toLowerCase();
}

/** Compatible forms of slashes separate segments for who converts them. */
function toFolded(segments: readonly string[]): readonly string[] {
  const text = segments.map(foldSegment).join("/").replaceAll("\\", "/");
  return text.split("/");
}

function requireNoDots(segments: readonly string[]): void {
  if (segments.includes(".") || segments.includes("..")) throw new GatewayRefusal("path_dot_segment");
}

function cut(segments: readonly string[]): readonly string[] {
  const at = segments.findIndex((segment) => /[?#]/.test(segment));
  if (at === -1) return segments;
  return [...segments.slice(0, at), (segments[at] as string).replace(/[?#].*$/s, "")];
}

function trim(segments: readonly string[]): readonly string[] {
  if (!segments.some((segment) => segment.endsWith(".") || segment.endsWith(" "))) return segments;
  const trimmed = segments.map((segment) => segment.replace(/[. ]+$/, ""));
  // A name of dots and blanks alone may be the folder itself, or the one above.
  if (trimmed.some((segment, index) => segment === "" && segments[index] !== ""))
    throw new GatewayRefusal("path_dot_segment");
  return trimmed;
}

function withoutSlash(segments: readonly string[]): readonly string[] {
  return segments.length > 1 && segments.at(-1) === "" ? segments.slice(0, -1) : segments;
}
