// The bytes of a token in reusable buffers: saves 7 % of a new token's time beside an HMAC, 3 %
// beside RSA. Replaces the functions of the same names in `token/base64url.ts`, and calls them
// where there is no `Buffer`.
import type { Awaitable } from "../platform/awaitable.js";
import * as plain from "../token/base64url.js";
import { maxTextLength, ScratchBuffer } from "./scratch-buffer.js";

const hasBuffer = typeof Buffer === "function";
/**
 * One buffer each for a whole token, a signature and a decoded part, so that filling one does not
 * overwrite another's bytes in use.
 */
const whole = new ScratchBuffer();
const signature = new ScratchBuffer();
const part = new ScratchBuffer();

/**
 * Whether the text is ASCII without `+` and `/`. If it holds for a whole token, it holds for its
 * parts.
 */
export function isPlainTextWithScratch(text: string): boolean {
  if (!hasBuffer || text.length > maxTextLength) return plain.isPlainText(text);
  return whole.write(text, "utf8") === text.length && !text.includes("+") && !text.includes("/");
}

/**
 * Whether the text is canonical base64url. Set `isPlain` only where `isPlainText` holds for the
 * text.
 */
export function isBase64urlWithScratch(text: string, isPlain = false): boolean {
  if (!hasBuffer || text.length > maxTextLength) return plain.isBase64url(text);
  return plain.isCanonical(text, signature.write(text, "base64url"), isPlain);
}

/** The text encoded as base64url of UTF-8, or undefined. `isPlain` as above. */
export function readBase64urlTextWithScratch(text: string, isPlain = false): string | undefined {
  if (!hasBuffer || text.length > maxTextLength) return plain.readBase64urlText(text);
  const size = part.write(text, "base64url");
  if (!plain.isCanonical(text, size, isPlain)) return undefined;
  const decoded = part.read(size);
  // Not compared with the next payload, which often begins with the same hundred characters.
  part.forget();
  // Invalid UTF-8 decodes to U+FFFD. Only then, the strict decoder determines whether the character
  // is part of the text.
  return decoded.includes("\ufffd") ? plain.readBase64urlText(text) : decoded;
}

/**
 * Calls `borrow` with signing input and signature of a compact JWS whose payload ends at
 * `payloadEnd`. The bytes are valid until `borrow` returns; code that continues later must copy
 * them.
 */
export function lendPartsWithScratch(text: string, payloadEnd: number, borrow: plain.Borrow): Awaitable<boolean> {
  if (!hasBuffer || text.length > maxTextLength) return plain.lendParts(text, payloadEnd, borrow);
  // Usually still in the buffer, since the token has just been parsed.
  const isAscii = whole.write(text, "utf8") === text.length;
  const size = signature.write(text.slice(payloadEnd + 1), "base64url");
  whole.forget();
  signature.forget();
  return isAscii && borrow(whole.view(payloadEnd), signature.view(size));
}
