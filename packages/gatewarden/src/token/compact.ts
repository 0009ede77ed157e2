// What every compact JWS has in common, access token or proof: strict parts, no extensions, headers known by their text.
import type { AuthError } from "../errors.js";
import { readBase64url, readBase64urlText } from "./base64url.js";
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

/** The signature of a text whose payload ends at `payloadEnd`. */
export function parseSignature(
  text: string,
  payloadEnd: number,
  { malformed, isPlain }: Omit<Part, "name">,
): Uint8Array {
  if (payloadEnd === text.length - 1) throw malformed("signature", "is empty");
  const signature = readBase64url(text.slice(payloadEnd + 1), isPlain);
  if (!signature) throw malformed("signature", "is not canonical base64url");
  return signature;
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
    if (end === recentText.length && text.startsWith(recentText)) return recent;
    return headers.get(text.slice(0, end));
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
const encoder = new TextEncoder();

/** Room for what is being verified right now, and views of it by their length: making one costs more than filling it. */
let scratch: Buffer | undefined;
const views = new Map<number, Uint8Array>();
const scratchSize = 65_536;
const maxViewLength = 4096;

/**
 * What was signed: header and payload as they came, with the dot between (RFC 7515 §5.2 step 8). The bytes are good until the next
 * call: verify at once, or copy them. They are ASCII once the parts have passed as base64url, so latin1 and UTF-8 agree on them.
 */
export function toSigningInput(text: string, payloadEnd: number): Uint8Array {
  if (typeof Buffer !== "function") return encoder.encode(text.slice(0, payloadEnd));
  if (text.length > scratchSize) return Buffer.from(text.slice(0, payloadEnd), "latin1");
  scratch ??= Buffer.allocUnsafeSlow(scratchSize);
  scratch.write(text, "latin1");
  if (payloadEnd > maxViewLength) return scratch.subarray(0, payloadEnd);
  const known = views.get(payloadEnd);
  if (known) return known;
  const view = scratch.subarray(0, payloadEnd);
  views.set(payloadEnd, view);
  return view;
}

/** A string of its own: a slice would keep the whole text alive as long as it is remembered. */
function copy(text: string): string {
  return JSON.parse(JSON.stringify(text));
}
