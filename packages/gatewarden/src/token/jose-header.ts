// The whole header of a verified token, for handlers. Verification reads `TokenHeader` instead.
import { readBase64urlTextWithScratch } from "../fast/jws-bytes.js";
import { readJsonObject } from "./json.js";

/**
 * The protected header of a signed token (RFC 7515 §4). The issuer signed it. Never take a key from
 * it (`jwk`, `jku`, `x5c`, `x5u`), and never an address to fetch.
 */
export interface JoseHeader {
  readonly alg: string;
  /** Null counts as absent. */
  readonly kid?: string | null;
  /** Null counts as absent. */
  readonly typ?: string | null;
  readonly [name: string]: unknown;
}

/** The header of a token that was verified before; undefined for an opaque token. */
export function readJoseHeader(token: string): JoseHeader | undefined {
  const end = token.indexOf(".");
  if (end === -1 || token.indexOf(".", end + 1) === -1) return undefined;
  const json = readBase64urlTextWithScratch(token.slice(0, end));
  return json === undefined ? undefined : (readJsonObject(json) as JoseHeader | undefined);
}
