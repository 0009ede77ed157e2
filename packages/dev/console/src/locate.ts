// Finds where findings are within the token's own characters.
import type { FindingPlace } from "../../../gatewarden/src/cli/token-places.js";

/** A range of characters: from the first, up to but without the last. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Characters of one part of the token that follow each other. */
export interface Piece {
  readonly text: string;
  readonly isMarked: boolean;
}

const names = ["header", "payload", "signature"] as const;

/** The three parts of a token, each cut where the marks begin and end. */
export function cutToken(token: string, places: readonly FindingPlace[]): readonly (readonly Piece[])[] {
  const parts = token.split(".").slice(0, names.length);
  return parts.map((part, index) => {
    const own = places.filter((place) => place.part === names[index]);
    return cut(
      part,
      own.map((place) => locate(part, place)).filter((range) => range !== undefined),
    );
  });
}

function cut(part: string, ranges: readonly Range[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const { from, to } of [...ranges].sort((one, other) => one.from - other.from)) {
    const begin = Math.max(from, done);
    if (to <= begin) continue;
    pieces.push({ text: part.slice(done, begin), isMarked: false }, { text: part.slice(begin, to), isMarked: true });
    done = to;
  }
  return [...pieces, { text: part.slice(done), isMarked: false }].filter(({ text }) => text !== "");
}

/** Of a member that is missing, where it would stand: at the closing brace. */
function locate(part: string, { isMissing, name, part: kind }: FindingPlace): Range | undefined {
  if (kind === "signature") return { from: 0, to: part.length };
  if (isMissing) return locateEnd(part);
  return name === undefined ? undefined : locateMember(part, name);
}

/**
 * Where `"name": value` is within one base64url part of a token. Undefined if the part has no such
 * member at its top level.
 */
export function locateMember(part: string, name: string): Range | undefined {
  const json = toText(part);
  const found = json === undefined ? undefined : findMember(json, name);
  return found && toCharacters(part, found);
}

/** Where the closing brace is. Undefined if the part holds no object. */
export function locateEnd(part: string): Range | undefined {
  const from = toText(part)?.search(/\}\s*$/) ?? -1;
  return from === -1 ? undefined : toCharacters(part, { from, to: from + 1 });
}

/** Three bytes are four characters (RFC 4648 §4). A character that holds bits of the range counts. */
function toCharacters(part: string, { from, to }: Range): Range {
  return { from: Math.floor((from * 4) / 3), to: Math.min(part.length, Math.ceil((to * 4) / 3)) };
}

/** The bytes of the part: one is one character. */
function toText(part: string): string | undefined {
  try {
    return atob(part.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return undefined;
  }
}

/** Names and values of JSON text, and what is between them. */
const tokens = /"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g;

function findMember(json: string, name: string): Range | undefined {
  let depth = 0;
  let from: number | undefined;
  let isName = false;
  for (const { 0: text, index } of json.matchAll(tokens)) {
    const isEnd = depth === 1 && (text === "," || text === "}");
    if (isEnd && from !== undefined) return { from, to: json.slice(0, index).trimEnd().length };
    if (isName && isString(text, name)) from = index;
    isName = false;
    if (text === "{" || text === "[") depth += 1;
    else if (text === "}" || text === "]") depth -= 1;
    if (depth === 1) isName = text === "{" || text === ",";
  }
  return undefined;
}

/** Whether the JSON text is this string, however it is escaped. */
function isString(text: string, name: string): boolean {
  const bytes = Uint8Array.from(text, (one) => one.charCodeAt(0));
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) === name;
  } catch {
    return false;
  }
}
