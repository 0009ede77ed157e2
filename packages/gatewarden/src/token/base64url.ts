// base64url as JOSE requires it: no padding, no other alphabet, no stray bits, one spelling per
// value (RFC 7515 §2, RFC 4648 §3.5). A lenient decoder would accept many spellings of one token.
// Strict decoding still does not make a token's text an identity: anyone can turn an ECDSA
// signature (r, s) into its twin (r, n - s). Code that must recognise a token uses its claims, such
// as `jti`.
import type { Awaitable } from "../platform/awaitable.js";

type Decode<Result> = (text: string) => Result | undefined;

/** Receives a token's signing input and signature. */
export type Borrow = (data: Uint8Array, signature: Uint8Array) => Awaitable<boolean>;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Allowed last characters, which leave no stray bits, for one or two remaining bytes. */
const cleanEnds = ["", "", "AQgw", "AEIMQUYcgkosw048"];

/**
 * Whether text that Node's lenient decoder turned into `size` bytes is their canonical spelling.
 * The decoder skips characters outside its alphabets, which yields fewer bytes than the length
 * implies. It also accepts `+` and `/`, and truncates other characters to a byte.
 */
export function isCanonical(text: string, size: number, isPlain: boolean): boolean {
  const rest = text.length & 3;
  return (
    size === (text.length * 3) >> 2 &&
    (rest === 0 || (cleanEnds[rest] ?? "").includes(text.charAt(text.length - 1))) &&
    rest !== 1 &&
    (isPlain || isPlainText(text))
  );
}

/**
 * Whether the text is ASCII, without characters that the decoder takes for others. If it holds for
 * a whole token, it holds for its parts.
 */
export function isPlainText(text: string): boolean {
  return toAscii(text) !== undefined && !text.includes("+") && !text.includes("/");
}

/** The bytes of a text of one-byte characters. */
function toAscii(text: string): Uint8Array | undefined {
  const bytes = new TextEncoder().encode(text);
  return bytes.length === text.length ? bytes : undefined;
}

const decodeWithBuffer: Decode<Uint8Array> = (text) => {
  const bytes = Buffer.from(text, "base64url");
  return isCanonical(text, bytes.length, false) ? bytes : undefined;
};

const decodeWithAtob: Decode<Uint8Array> = (text) => {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return encodeBinary(binary) === text ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : undefined;
};

function encodeBinary(binary: string): string {
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The decoded bytes, or undefined unless the text is their canonical spelling. */
export const readBase64url: Decode<Uint8Array> = typeof Buffer === "function" ? decodeWithBuffer : decodeWithAtob;

/** Whether the text is canonical base64url. */
export function isBase64url(text: string): boolean {
  return readBase64url(text) !== undefined;
}

/**
 * The bytes of standard base64 with padding, or undefined unless the text is their canonical
 * spelling (RFC 4648 §4).
 */
export function readBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  return readBase64url(text.replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_"));
}

/** The canonical spelling of bytes. */
export function toBase64url(bytes: Uint8Array): string {
  if (typeof Buffer !== "function") return encodeBinary(String.fromCharCode(...bytes));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64url");
}

/** The text encoded as base64url of UTF-8; undefined for anything else (RFC 7515 §5.2 step 3). */
export function readBase64urlText(text: string): string | undefined {
  const bytes = readBase64url(text);
  return bytes && decodeUtf8(bytes);
}

/**
 * Calls `borrow` with signing input and signature of a compact JWS whose payload ends at
 * `payloadEnd`. False where they are malformed.
 */
export function lendParts(text: string, payloadEnd: number, borrow: Borrow): Awaitable<boolean> {
  const data = toAscii(text.slice(0, payloadEnd));
  const signature = readBase64url(text.slice(payloadEnd + 1));
  return data !== undefined && signature !== undefined && borrow(data, signature);
}

/**
 * Replacement characters would make two different subjects look alike, so invalid UTF-8 is refused
 * (RFC 7519 §7.2 step 10).
 */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
