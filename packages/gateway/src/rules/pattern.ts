// The path of a rule: literals, `*` or `{name}` for one segment, and `/**` at the end for any
// number of them.
import { type ParsedPath, parsePath } from "../path/parse-target.js";
import { foldSegment, type Reading } from "../path/readings.js";
import { GatewayRefusal } from "../refusals.js";

/** A literal in each form in which it may be compared. */
interface Literal {
  readonly exact: string;
  readonly raw: string;
  readonly folded: string;
}

/** A pattern that was read. */
export interface PathPattern {
  readonly text: string;
  /** Undefined is one segment of any text. */
  readonly segments: readonly (Literal | undefined)[];
  /** Whether any number of segments may follow. */
  readonly isOpen: boolean;
}

/** The pattern cannot be right. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

/** Throws `PatternError`. A pattern must be in the normal form that requests must have. */
export function parsePattern(text: string): PathPattern {
  if (!text.startsWith("/")) throw new PatternError("must begin with /");
  if (/[?#]/.test(text)) throw new PatternError("must be a path: rules do not see the query");
  const isOpen = text === "/**" || text.endsWith("/**");
  const body = isOpen ? text.slice(0, -3) : text;
  if (body === "") return { text, segments: [], isOpen };
  const path = parseNormal(toEncoded(body));
  const segments = path.segments.map((exact, index) => toSegment(exact, path.rawSegments[index] as string));
  return { text, segments, isOpen };
}

/** Developers write `/café`; requests have `/caf%C3%A9`. */
function toEncoded(text: string): string {
  return text
    .replace(/[^\x21-\x7e]+/gu, (part) => encodeURIComponent(part))
    .replace(/\{[A-Za-z_][A-Za-z0-9_-]*\}/g, "*");
}

function parseNormal(text: string): ParsedPath {
  try {
    return parsePath(text);
  } catch (error) {
    if (!(error instanceof GatewayRefusal)) throw error;
    throw new PatternError(`would refuse every request: ${error.message.replace(/^The path/, "it")}`);
  }
}

function toSegment(exact: string, raw: string): Literal | undefined {
  if (exact === "*") return undefined;
  if (raw.includes("*"))
    throw new PatternError(`has "*" within a name: it stands for a whole segment, and "**" only at the end`);
  return { exact, raw, folded: foldSegment(exact) };
}

/** Whether the pattern covers the path in this reading. A `*` never stands for an empty segment. */
export function isCovered(
  pattern: PathPattern,
  { segments: given, form }: Pick<Reading, "segments" | "form">,
): boolean {
  const { segments, isOpen } = pattern;
  if (isOpen ? given.length < segments.length : given.length !== segments.length) return false;
  for (let index = 0; index < segments.length; index++) {
    const [wanted, actual] = [segments[index], given[index] as string];
    if (wanted === undefined ? actual === "" : wanted[form] !== actual) return false;
  }
  return true;
}

/** Whether every path of the second is one of the first. */
export function includesPattern(one: PathPattern, other: PathPattern): boolean {
  if (!one.isOpen && (other.isOpen || one.segments.length !== other.segments.length)) return false;
  if (one.segments.length > other.segments.length) return false;
  return one.segments.every((wanted, index) => {
    const actual = other.segments[index];
    return wanted === undefined ? actual?.exact !== "" : actual !== undefined && actual.exact === wanted.exact;
  });
}

/** Whether some path is covered by both. */
export function overlaps(one: PathPattern, other: PathPattern): boolean {
  const [short, long] = one.segments.length <= other.segments.length ? [one, other] : [other, one];
  if (short.segments.length < long.segments.length ? !short.isOpen : false) return false;
  return short.segments.every((wanted, index) => {
    const actual = long.segments[index];
    if (wanted === undefined) return actual?.exact !== "";
    return actual === undefined ? wanted.exact !== "" : actual.exact === wanted.exact;
  });
}
