// What every compact JWS has in common, access token or proof: strict parts, no extensions, headers known by their text.
import type { AuthError } from "../errors.js";
import { readBase64urlBriefly, readBase64urlText, toAscii } from "./base64url.js";
import { type JsonObject, readJsonObject } from "./json.js";

/** Makes the refusal for a part that is malformed: its name, and what is wrong with it. */
export type Malformed = (name: string, problem: string) => AuthError;

/** One part of a compact JWS. */
export interface Part {
  readonly name: string;
  readonly malformed: Malformed;
  /** Whether the whole text passed `isPlainText`. */
  readonly isPlain?: boolean;
}

/** The JSON object that a part spells. */
export function parseObject(text: string, { name: part, malformed, isPlain }: Part): JsonObject {
  const json = readBase64urlText(text, isPlain);
  if (json === undefined) throw malformed(part, "is not canonical base64url of UTF-8");
  const object = readJsonObject(json);
  if (!object) throw malformed(part, "is not one JSON object that names each member once");
  return object;
}

/** Holds the signature of a text whose payload ends at `payloadEnd` against its form. */
export function checkSignatureForm(text: string, payloadEnd: number, { malformed, isPlain }: Omit<Part, "name">): void {
  if (payloadEnd === text.length - 1) throw malformed("signature", "is empty");
  if (!readSignature(text, payloadEnd, isPlain)) throw malformed("signature", "is not canonical base64url");
}

/** The signature of a text that was taken apart. The bytes are good until the next call: verify at once, or copy them. */
export function toSignature(text: string, payloadEnd: number): Uint8Array {
  return readSignature(text, payloadEnd, true) ?? takenApart();
}

/**
 * What was signed of a text that was taken apart: header and payload as they came, with the dot between (RFC 7515 §5.2 step 8). The bytes are
 * good until the next call: verify at once, or copy them.
 */
export function toSigningInput(text: string, payloadEnd: number): Uint8Array {
  return toAscii(text, payloadEnd) ?? takenApart();
}

function readSignature(text: string, payloadEnd: number, isPlain?: boolean): Uint8Array | undefined {
  return readBase64urlBriefly(text.slice(payloadEnd + 1), isPlain);
}

function takenApart(): never {
  throw new TypeError("The parts of this text are no base64url");
}

/** The extension that a header demands, if any. None is understood (RFC 7515 §4.1.11, RFC 7797 §7; CVE-2025-59420). */
export function findExtension(header: JsonObject): "crit" | "b64" | undefined {
  return extensions.find((name) => Object.hasOwn(header, name));
}

/** Headers by their exact text, since there are far fewer of them than of signatures. Bounded. */
export interface HeaderMemory<Header> {
  /** The header of a text that begins with it, up to the dot at `end`. */
  get(text: string, end: number): Header | undefined;
  /** Only for a header whose signature held: headers of forgeries never take up room. */
  remember(text: string, header: Header): void;
}

/** A memory for at most `size` headers. */
export function createHeaderMemory<Header>(size: number): HeaderMemory<Header> {
  const headers = new Map<string, Header>();
  // The one that came last, since most issuers write but one: comparing is cheaper than hashing.
  let recentText = "";
  let recent: Header | undefined;
  const get = (text: string, end: number): Header | undefined => {
    const headerText = text.slice(0, end);
    // Not `startsWith`, which the engine makes a loop of.
    return headerText === recentText ? recent : headers.get(headerText);
  };
  return {
    get,
    remember(text, header) {
      const end = text.indexOf(".");
      if (get(text, end) !== undefined) return;
      const headerText = copy(text.slice(0, end));
      if (headers.size >= size) headers.clear();
      headers.set(headerText, header);
      recentText = headerText;
      recent = header;
    },
  };
}

const extensions = ["crit", "b64"] as const;

/** A string of its own: a slice would keep the whole text alive as long as it is remembered. */
function copy(text: string): string {
  return JSON.parse(JSON.stringify(text));
}
