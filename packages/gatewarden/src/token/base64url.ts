// base64url as JOSE wants it: no padding, no other alphabet, no stray bits, one spelling per value (RFC 7515 §2, RFC 4648 §3.5).
// A lax decoder gives one token many spellings, which defeats deny-lists and caches.

/** `isPlain` where `isPlainText` is known to hold of the text. */
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
  if (typeof Buffer !== "function") return false;
  return Buffer.byteLength(text) === text.length && !text.includes("+") && !text.includes("/");
}

const decodeWithBuffer: Decode<Uint8Array> = (text, isPlain = false) => {
  const bytes = Buffer.from(text, "base64url");
  return isCanonical(text, bytes.length, isPlain) ? bytes : undefined;
};

const decodeWithAtob: Decode<Uint8Array> = (text) => {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const again = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return again === text ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : undefined;
};

/** The bytes that the text stands for, or undefined unless it is their one canonical spelling. */
export const readBase64url: Decode<Uint8Array> = typeof Buffer === "function" ? decodeWithBuffer : decodeWithAtob;

/** Room for one decoded part. Read out before anything else runs, so that it never holds two. */
let scratch: Buffer | undefined;
const scratchSize = 65_536;

const decodeTextWithBuffer: Decode<string> = (text, isPlain = false) => {
  scratch ??= Buffer.allocUnsafeSlow(scratchSize);
  if (text.length > scratchSize) return undefined;
  const size = scratch.write(text, "base64url");
  if (!isCanonical(text, size, isPlain)) return undefined;
  const decoded = scratch.toString("utf8", 0, size);
  // Bad UTF-8 shows as U+FFFD. Only where there is one, the strict decoder says whether it was written or made up.
  return decoded.includes("\ufffd") ? decodeUtf8(scratch.subarray(0, size)) : decoded;
};

const decodeText: Decode<string> = (text) => {
  const bytes = readBase64url(text);
  return bytes && decodeUtf8(bytes);
};

/** The text that base64url of UTF-8 stands for; undefined for anything else (RFC 7515 §5.2 step 3). */
export const readBase64urlText: Decode<string> = typeof Buffer === "function" ? decodeTextWithBuffer : decodeText;

/** Replacement characters would let two different subjects look alike, so bad UTF-8 is refused (RFC 7519 §7.2 step 10). */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
