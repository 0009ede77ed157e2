// A token with something extra around it, added by shells, forms, logs and copying.
import { isObject, member, readJsonObject } from "../../token/json.js";
import type { Shape } from "./found-shape.js";
import { decodeBase64 } from "./text.js";

type Reader = (text: string) => Shape | undefined;

const sendExactly = "Send `Authorization: Bearer <token>` with the token exactly as issued, and nothing else.";

/** The outermost wrapping of a token, with the text inside. */
export function readWrapping(text: string): Shape | undefined {
  for (const read of readers) {
    const shape = read(text);
    // A reader that removes nothing would match forever.
    if (shape && shape.token !== text) return shape;
  }
  return undefined;
}

const readResponse: Reader = (text) => {
  if (!text.trimStart().startsWith("{")) return undefined;
  const response = readJsonObject(text.trim());
  const found =
    response && accessTokenNames.map((name) => member(response, name)).find((value) => typeof value === "string");
  if (typeof found === "string") {
    return {
      cause: "This is the whole answer of the token endpoint, of which only the value of `access_token` is the token.",
      fix: "Send the value of `access_token` alone.",
      token: found,
    };
  }
  if (isObject(response) && Object.hasOwn(response, "id_token")) {
    return {
      cause: "This is an answer of the token endpoint with an ID token and no access token.",
      fix: "Let the client request an access token for this API, and send the value of `access_token`.",
    };
  }
  return undefined;
};

const accessTokenNames = ["access_token", "accessToken", "token", "jwt"];

const readLeftScheme: Reader = (text) => {
  const match = /^\s*(authorization\s*[:=]\s*)?(bearer|dpop|jwt|token)(?:\s*[:=]\s*|\s+)(\S.*)$/is.exec(text);
  const [, name, scheme, rest = ""] = match ?? [];
  if (scheme === undefined) return undefined;
  const what = name === undefined ? `The scheme \`${scheme}\`` : "The whole header";
  return {
    cause: `${what} was left in front of the token.`,
    fix: "Give the token alone where a token is asked for: a client that adds `Bearer ` itself then sends `Bearer Bearer …`.",
    token: rest,
  };
};

const quotes = "\"'`\u2018\u2019\u201c\u201d";

const readQuotes: Reader = (text) => {
  const within = withoutQuotes(text.trim());
  if (within === text.trim() || within === "") return undefined;
  return {
    cause: "There are quotes around the token: they came from a shell, an .env file or JSON and were sent along.",
    fix: sendExactly,
    token: within,
  };
};

/** Removes quotes at both ends, each with an optional backslash before it. */
function withoutQuotes(text: string): string {
  const isQuote = (at: number) => at < text.length && quotes.includes(text.charAt(at));
  let start = 0;
  for (;;) {
    const length = isQuote(start) ? 1 : text.charAt(start) === "\\" && isQuote(start + 1) ? 2 : 0;
    if (length === 0) break;
    start += length;
  }
  let end = text.length;
  while (end > start && isQuote(end - 1)) end -= text.charAt(end - 2) === "\\" && end - 2 >= start ? 2 : 1;
  return text.slice(start, end);
}

/** A URL, a fragment or a form with the token as a parameter. */
const readParameter: Reader = (text) => {
  const found = /(?:^|[?#&])access_token=([^&\s]+)/.exec(text)?.[1];
  if (found === undefined) return undefined;
  return {
    cause: "This is an address or a form with the token as one of its parameters.",
    fix: "Send the value of `access_token` alone, in the Authorization header: addresses end up in logs and histories (RFC 9700 §4.3.2).",
    token: found,
  };
};

const readPercentEncoding: Reader = (text) => {
  if (!/%[0-9a-f]{2}/i.test(text)) return undefined;
  try {
    return {
      cause: "The token is URL-encoded.",
      fix: "Decode it once before it is put into the header.",
      token: decodeURIComponent(text),
    };
  } catch {
    return undefined;
  }
};

const invisible = /[\s\u00a0\u200b-\u200f\u2060\ufeff]|\\[nrt]/g;

const readBlanks: Reader = (text) => {
  const within = text.replace(invisible, "");
  if (within === text || within === "") return undefined;
  // Several words are not a wrapped token.
  if (!/^[\w\-.+/=~%…]+$/.test(within) || (!within.startsWith("ey") && /\S\s+\S/.test(text))) return undefined;
  return {
    cause:
      "There are blanks, line breaks or invisible characters in the token: from `echo`, a terminal that wraps lines, or copying.",
    fix: "Send the token on one line. In a shell, `$(…)` and `printf %s` add no line break.",
    token: within,
  };
};

const readPunctuation: Reader = (text) => {
  const found = /^(ey[\w-]+\.[\w-]+\.[\w-]+)[,;:.)\]}>]+$/.exec(text)?.[1];
  if (found === undefined) return undefined;
  return { cause: "A character follows the token that is no part of it.", fix: sendExactly, token: found };
};

/** Some clients base64-encode a token once more. */
const readEncodedToken: Reader = (text) => {
  const decoded = text.includes(".") ? undefined : decodeBase64(text);
  if (decoded === undefined || !/^(?:(?:bearer|dpop)\s+)?["']?ey[\w-]+\.[\w-]+\.[\w-]*["']?\s*$/i.test(decoded))
    return undefined;
  return {
    cause: "This is a token that was encoded with base64 once more.",
    fix: "Send the token as it is, not encoded again.",
    token: decoded,
  };
};

const readers: readonly Reader[] = [
  ...[
    readResponse,
    readLeftScheme,
    readQuotes,
    readParameter,
    readPercentEncoding,
    readBlanks,
    readPunctuation,
    readEncodedToken,
  ],
];
