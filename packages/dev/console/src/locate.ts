// Finds where a member of the header or of the claims is within the token's own characters.

/** A range of characters: from the first, up to but without the last. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Where `"name": value` is within one base64url part of a token. Undefined if the part has no such
 * member at its top level.
 */
export function locateMember(part: string, name: string): Range | undefined {
  const bytes = toBytes(part);
  const found = bytes && findMember(new TextDecoder("latin1").decode(bytes), name);
  if (found === undefined) return undefined;
  // Three bytes are four characters (RFC 4648 §4). A character that holds bits of the member counts.
  return { from: Math.floor((found.from * 4) / 3), to: Math.min(part.length, Math.ceil((found.to * 4) / 3)) };
}

function toBytes(part: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Names and values of JSON text, and what is between them: one byte is one character here. */
const tokens = /"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g;

function findMember(json: string, name: string): Range | undefined {
  const wanted = JSON.stringify(name);
  let depth = 0;
  let from: number | undefined;
  let isName = false;
  for (const { 0: text, index } of json.matchAll(tokens)) {
    const isEnd = depth === 1 && (text === "," || text === "}");
    if (isEnd && from !== undefined) return { from, to: json.slice(0, index).trimEnd().length };
    if (isName && text === wanted) from = index;
    isName = false;
    if (text === "{" || text === "[") depth += 1;
    else if (text === "}" || text === "]") depth -= 1;
    if (depth === 1) isName = text === "{" || text === ",";
  }
  return undefined;
}
