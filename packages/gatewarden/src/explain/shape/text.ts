// Lenient readers, for classification only: their results are never trusted.
import { type JsonObject, readJsonObject } from "../../token/json.js";

const printable = /^[\x20-\x7e\r\n\t]+$/;

/** The printable text that base64 or base64url encodes. */
export function decodeBase64(text: string): string | undefined {
  if (text.length < 8 || !/^[A-Za-z0-9+/_-]+=*$/.test(text)) return undefined;
  try {
    const decoded = atob(text.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/"));
    return printable.test(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}

/** The header of a JWS or JWE, from its first part. */
export function readHeaderPart(text: string): JsonObject | undefined {
  const decoded = decodeBase64(text.split(".", 1)[0] ?? "");
  return decoded === undefined ? undefined : readJsonObject(decoded);
}
