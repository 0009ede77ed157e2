// What every compact JWS has in common, access token or proof: strict parts, no extensions, and a
// memory of known headers.
import type { AuthError } from "../errors.js";
import { isBase64urlWithScratch, lendPartsWithScratch, readBase64urlTextWithScratch } from "../fast/jws-bytes.js";
import type { Awaitable } from "../platform/awaitable.js";
import { detachText } from "./detach-text.js";
import { type JsonObject, readJsonObject } from "./json.js";
import type { Verify } from "./signature.js";

/** Creates the refusal for a malformed part, from its name and what is wrong with it. */
export type Malformed = (name: string, problem: string) => AuthError;

/** One part of a compact JWS. */
export interface Part {
  readonly name: string;
  readonly malformed: Malformed;
  /** Whether the whole text passed `isPlainTextWithScratch`. */
  readonly isPlain?: boolean;
}

/** The JSON object that a part encodes. */
export function parseObject(text: string, { name: part, malformed, isPlain }: Part): JsonObject {
  const json = readBase64urlTextWithScratch(text, isPlain);
  if (json === undefined) throw malformed(part, "is not canonical base64url of UTF-8");
  const object = readJsonObject(json);
  if (!object) throw malformed(part, "is not one JSON object that names each member once");
  return object;
}

/** Checks that the signature is non-empty canonical base64url. The payload ends at `payloadEnd`. */
export function refuseMalformedSignature(
  text: string,
  payloadEnd: number,
  { malformed, isPlain }: Omit<Part, "name">,
): void {
  if (payloadEnd === text.length - 1) throw malformed("signature", "is empty");
  if (!isBase64urlWithScratch(text.slice(payloadEnd + 1), isPlain))
    throw malformed("signature", "is not canonical base64url");
}

/**
 * Whether the signature over header and payload, exactly as sent, is valid (RFC 7515 §5.2 step 8).
 */
export function verifySignature(text: string, payloadEnd: number, verify: Verify): Awaitable<boolean> {
  return lendPartsWithScratch(text, payloadEnd, verify);
}

/**
 * The extension that a header requires, if any. None is supported (RFC 7515 §4.1.11, RFC 7797 §7;
 * CVE-2025-59420).
 */
export function findExtension(header: JsonObject): "crit" | "b64" | undefined {
  return extensions.find((name) => Object.hasOwn(header, name));
}

/** Parsed headers by their exact text: an issuer writes only a few different ones. Bounded. */
export interface HeaderMemory<Header> {
  /** The header of a text, which ends at the dot at `end`. */
  get(text: string, end: number): Header | undefined;
  /** Only for a header whose signature was verified: headers of forged tokens take no space. */
  remember(text: string, header: Header): void;
}

/** A memory for at most `size` headers. */
export function createHeaderMemory<Header>(size: number): HeaderMemory<Header> {
  const headers = new Map<string, Header>();
  return {
    get: (text, end) => headers.get(text.slice(0, end)),
    remember(text, header) {
      const headerText = text.slice(0, text.indexOf("."));
      if (headers.has(headerText)) return;
      if (headers.size >= size) headers.clear();
      headers.set(detachText(headerText), header);
    },
  };
}

const extensions = ["crit", "b64"] as const;
