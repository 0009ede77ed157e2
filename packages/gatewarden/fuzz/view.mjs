// A token as a lax reader sees it, and questions about its text: written apart from the library, so that both would have to be wrong.

/** @typedef {import("./signers.mjs").Members} Members */

/**
 * @typedef {object} TokenView
 * @property {readonly string[]} parts
 * @property {Members} header Without members where it is no JSON object.
 * @property {Members} claims
 * @property {readonly string[]} texts The JSON of header and payload.
 */

/** @param {string} token @returns {TokenView} */
export function view(token) {
  const parts = token.split(".");
  const bytes = parts.slice(0, 2).map((part) => Buffer.from(part, "base64"));
  const texts = bytes.map((one) => one.toString("utf8"));
  const [header = {}, claims = {}] = texts.map(readObject);
  return { parts, header, claims, texts };
}

/** @param {string} text @returns {Members} */
function readObject(text) {
  try {
    const value = JSON.parse(text.replace(/^\ufeff/, ""));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Whether the text is the one spelling of its bytes (RFC 4648 §3.5, §5). @param {string} text */
export function isCanonical(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return false;
  const last = alphabet.indexOf(text.slice(-1));
  switch (text.length % 4) {
    case 1:
      return false;
    case 2:
      return (last & 0b1111) === 0;
    case 3:
      return (last & 0b11) === 0;
    default:
      return true;
  }
}

/**
 * What there is to say of a JSON text, read token by token.
 * @param {string} text
 * @returns {{ namesTwice: boolean, depth: number, hasLoneSurrogate: boolean }}
 */
export function survey(text) {
  /** @type {(Set<string> | undefined)[]} */
  const open = [];
  const found = { namesTwice: false, depth: 0, hasLoneSurrogate: false };
  for (const [lexeme, string, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[[\]{}]/gs)) {
    if (string === undefined) {
      if (lexeme === "{") open.push(new Set());
      else if (lexeme === "[") open.push(undefined);
      else open.pop();
      found.depth = Math.max(found.depth, open.length);
      continue;
    }
    const value = readString(string);
    if (/\p{Cs}/u.test(value)) found.hasLoneSurrogate = true;
    if (colon === undefined) continue;
    const names = open.at(-1);
    if (names?.has(value)) found.namesTwice = true;
    names?.add(value);
  }
  return found;
}

/** @param {string} text @returns {string} */
function readString(text) {
  try {
    return JSON.parse(text);
  } catch {
    return "";
  }
}
