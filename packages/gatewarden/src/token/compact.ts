// What every compact JWS has in common, access token or proof: strict parts, no extensions, headers known by their text.
import type { AuthError } from "../errors.js";
import { readBase64url } from "./base64url.js";
import { type JsonObject, readJsonObject } from "./json.js";

/** Makes the refusal for a part that is malformed: its name, and what is wrong with it. */
export type Malformed = (name: string, problem: string) => AuthError;

/** What was signed, and the signature. */
export interface SignedText {
  /** Header and payload as they came, with the dot between (RFC 7515 §5.2 step 8). */
  readonly signingInput: Uint8Array;
  readonly signature: Uint8Array;
}

/** The JSON object that a part spells. */
export function parseObject(text: string, part: string, malformed: Malformed): JsonObject {
  const bytes = readBase64url(text);
  if (!bytes) throw malformed(part, "is not canonical base64url");
  const object = readJsonObject(bytes);
  if (!object) throw malformed(part, "is not one JSON object in UTF-8 that names each member once");
  return object;
}

/** The signing input and the signature of a text whose payload ends at `payloadEnd`. */
export function parseSignature(text: string, payloadEnd: number, malformed: Malformed): SignedText {
  if (payloadEnd === text.length - 1) throw malformed("signature", "is empty");
  const signature = readBase64url(text.slice(payloadEnd + 1));
  if (!signature) throw malformed("signature", "is not canonical base64url");
  return { signingInput: toBytes(text.slice(0, payloadEnd)), signature };
}

/** The extension that a header demands, if any. None is understood (RFC 7515 §4.1.11, RFC 7797 §7; CVE-2025-59420). */
export function findExtension(header: JsonObject): "crit" | "b64" | undefined {
  return extensions.find((name) => Object.hasOwn(header, name));
}

/** Headers by their exact text, since there are far fewer of them than of signatures. Bounded. */
export interface HeaderMemory<Header> {
  get(headerText: string): Header | undefined;
  /** Only for a header whose signature held: headers of forgeries never take up room. */
  remember(text: string, header: Header): void;
}

/** A memory for at most `size` headers. */
export function createHeaderMemory<Header>(size: number): HeaderMemory<Header> {
  const headers = new Map<string, Header>();
  return {
    get: (headerText) => headers.get(headerText),
    remember(text, header) {
      const headerText = text.slice(0, text.indexOf("."));
      if (headers.has(headerText)) return;
      if (headers.size >= size) headers.clear();
      headers.set(copy(headerText), header);
    },
  };
}

const extensions = ["crit", "b64"] as const;
const encoder = new TextEncoder();

/** The signing input is ASCII once its parts passed as base64url, so latin1 and UTF-8 agree on it. */
function toBytes(text: string): Uint8Array {
  return typeof Buffer === "function" ? Buffer.from(text, "latin1") : encoder.encode(text);
}

/** A string of its own: a slice would keep the whole text alive as long as it is remembered. */
function copy(text: string): string {
  return JSON.parse(JSON.stringify(text));
}
