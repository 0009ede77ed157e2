// What a request presents as its token, to tell one that was good before from a guess.
import type { SentHeaders } from "../proxy/headers.js";

/** Where a token may be besides Authorization. Header names in lower case. */
export interface CredentialPlaces {
  readonly header: string | undefined;
  readonly cookie: string | undefined;
}

/**
 * Whatever may carry a token; undefined where nothing does. Of the cookies only those with the
 * token's name count: the others change while a user stays the same.
 */
export function readCredentials(headers: SentHeaders, { header, cookie }: CredentialPlaces): unknown {
  const { authorization } = headers;
  if (header === undefined && cookie === undefined) return authorization;
  const other = cookie === undefined ? headers[header as string] : readCookies(headers, cookie);
  return authorization === undefined && other === undefined ? undefined : [authorization, other];
}

/** Reads pairs as the guard does (RFC 6265bis §4.2.1): an empty value is no token, two are two. */
function readCookies(headers: SentHeaders, name: string): readonly string[] | undefined {
  const values: string[] = [];
  for (const pair of [headers["cookie"] ?? []].flat().join(";").split(";")) {
    const equals = pair.indexOf("=");
    if (equals >= 0 && trimBlanks(pair.slice(0, equals)) === name) values.push(trimBlanks(pair.slice(equals + 1)));
  }
  return values.length === 0 || (values.length === 1 && values[0] === "") ? undefined : values;
}

/** RFC 6265bis §5.6. By hand: a pattern for the end of a text takes quadratic time (CWE-1333). */
function trimBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}
