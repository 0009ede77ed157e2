// Most requests bring `Bearer` and a JWT. Taking the JWT apart proves all of its characters, so they need no look of their own: this
// saves one microsecond per new token. Replaces `parseCredentials` followed by `TokenParser.parse`.
import type { ParsedToken, TokenParser } from "../token/parse.js";

/** What is written to: where the token is, and its parts. */
export interface CredentialsJourney {
  readonly text: string;
  readonly guard: { readonly parser: TokenParser };
  token: string;
  parsed: ParsedToken | undefined;
}

const start = "Bearer ey";

/** Whether the text was such a header, and its token was taken apart. Otherwise nothing was done, and the rules say what is wrong. */
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
