// base64url as JOSE wants it: no padding, no other alphabet, no stray bits, one spelling per value
// (RFC 7515 §2, RFC 4648 §3.5). A lax decoder gives one token many spellings. A strict one does not
// make a token's text an identity yet: anybody can turn an ECDSA signature (r, s) into its twin (r,
// n - s). What must recognise a token goes by its claims, such as `jti`.
import { maxTextLength, Room } from "./room.js";

/** `isPlain` only where `isPlainText` is known to hold of the text: what was read is remembered for the next look at it. */
type Decode<Result> = (text: string, isPlain?: boolean) => Result | undefined;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Last characters that leave no stray bits, where one or two bytes are left over. */
const cleanEnds = ["", "", "AQgw", "AEIMQUYcgkosw048"];

/**
 * Whether text that Node's forgiving decoder made `size` bytes of is the one canonical spelling of them. The decoder skips what is not in
 * its alphabets, which leaves fewer bytes than the length promises; it takes `+` and `/` as well, and cuts other characters to a byte.
 */
function isCanonical(text: string, size: number, isPlain: boolean): boolean {
  const rest = text.length & 3;
  return (
    size === (text.length * 3) >> 2 &&
    (rest === 0 || (cleanEnds[rest] ?? "").includes(text.charAt(text.length - 1))) &&
    rest !== 1 &&
    (isPlain || isPlainText(text))
  );
}

/** Whether the text has none of the characters that the decoder takes for others. What is true of a whole token is true of its parts. */
export function isPlainText(text: string): boolean {
  return toAscii(text) !== undefined && !text.includes("+") && !text.includes("/");
}

/** Room for the whole text of a token. */
const whole = new Room();
let wholeText: string | undefined;
let wholeSize = 0;
const encoder = new TextEncoder();

/**
 * The bytes of text up to `end`, where each character of all of it is one byte; undefined where one is not. Good until the next call: use them
 * at once, or copy them.
 */
export function toAscii(text: string, end: number = text.length): Uint8Array | undefined {
  if (typeof Buffer !== "function" || text.length > maxTextLength) return toAsciiWithEncoder(text, end);
  // A token is looked at twice, first at its characters and then at what was signed; after that it
  // is not compared with any more. One that is refused in between stays to be compared with until
  // the next token, and what was written stays in the room until it is overwritten.
  const isHere = text === wholeText;
  if (!isHere) wholeSize = whole.write(text, "utf8");
  wholeText = isHere ? undefined : text;
  return wholeSize === text.length ? whole.view(end) : undefined;
}

function toAsciiWithEncoder(text: string, end: number): Uint8Array | undefined {
  const bytes = encoder.encode(text);
  return bytes.length === text.length ? bytes.subarray(0, end) : undefined;
}

const decodeWithBuffer: Decode<Uint8Array> = (text, isPlain = false) => {
  const bytes = Buffer.from(text, "base64url");
  return isCanonical(text, bytes.length, isPlain) ? bytes : undefined;
};

const decodeWithAtob: Decode<Uint8Array> = (text) => {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return encodeBinary(binary) === text ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : undefined;
};

function encodeBinary(binary: string): string {
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The bytes that the text stands for, or undefined unless it is their one canonical spelling. */
export const readBase64url: Decode<Uint8Array> = typeof Buffer === "function" ? decodeWithBuffer : decodeWithAtob;

/** Room for the bytes of one text that are needed for a moment. */
const brief = new Room();
let briefText: string | undefined;
let briefBytes: Uint8Array | undefined;

const decodeBriefly: Decode<Uint8Array> = (text, isPlain = false) => {
  // Looked at twice as well, first for its form.
  const isHere = text === briefText;
  if (!isHere) {
    const size = brief.write(text, "base64url");
    briefBytes = isCanonical(text, size, isPlain) ? brief.view(size) : undefined;
  }
  briefText = isHere ? undefined : text;
  return briefBytes;
};

/**
 * As `readBase64url` for texts of up to `maxTextLength`, and undefined for some that are longer.
 * The bytes are good until the next call only: use them at once, or copy them.
 */
export const readBase64urlBriefly: Decode<Uint8Array> = typeof Buffer === "function" ? decodeBriefly : decodeWithAtob;

/** The bytes that standard base64 with its padding stands for, or undefined unless it is their one canonical spelling (RFC 4648 §4). */
export function readBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  return readBase64url(text.replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_"));
}

/** The canonical spelling of bytes. */
export function toBase64url(bytes: Uint8Array): string {
  if (typeof Buffer !== "function") return encodeBinary(String.fromCharCode(...bytes));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64url");
}

/** Room for one decoded part. Read out before anything else runs, so that it never holds two. */
const part = new Room();

const decodeTextWithBuffer: Decode<string> = (text, isPlain = false) => {
  if (text.length > maxTextLength) return undefined;
  const size = part.write(text, "base64url");
  if (!isCanonical(text, size, isPlain)) return undefined;
  const decoded = part.read(size);
  // Bad UTF-8 shows as U+FFFD. Only where there is one, the strict decoder says whether it was written or made up.
  return decoded.includes("\ufffd") ? decodeUtf8(part.view(size)) : decoded;
};

const decodeText: Decode<string> = (text) => {
  const bytes = readBase64url(text);
  return bytes && decodeUtf8(bytes);
};

/**
 * The text that base64url of UTF-8 stands for; undefined for anything else (RFC 7515 §5.2 step 3),
 * and where there is Buffer for a text of more than `maxTextLength`, which no token has.
 */
export const readBase64urlText: Decode<string> = typeof Buffer === "function" ? decodeTextWithBuffer : decodeText;

/** Replacement characters would let two different subjects look alike, so bad UTF-8 is refused (RFC 7519 §7.2 step 10). */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
