// Most requests have `Bearer` and a JWT. Parsing the JWT checks all of its characters, so they need
// no separate check: saves one microsecond per new token. Replaces `parseCredentials` followed by
// `TokenParser.parse`.
import type { ParsedToken, TokenParser } from "../token/parse.js";

/** The input, and where the token and its parts are stored. */
export interface CredentialsJourney {
  readonly text: string;
  readonly guard: { readonly parser: TokenParser };
  token: string;
  parsed: ParsedToken | undefined;
}

const start = "Bearer ey";

/**
 * Whether the text was such a header and its token was parsed. Otherwise nothing was changed, and
 * the rules report what is wrong.
 */
export function takeJwtAtOnce(journey: CredentialsJourney): boolean {
  const { text, guard } = journey;
  if (!text.startsWith(start)) return false;
  const token = text.slice("Bearer ".length);
  try {
    journey.parsed = guard.parser.parse(token);
  } catch {
    return false;
  }
  journey.token = token;
  return true;
}
