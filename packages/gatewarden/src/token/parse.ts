// Parses the compact form of a signed token strictly (RFC 7515 §5.2, RFC 7519 §7.2). Nothing here
// is trusted yet.
import { AuthError } from "../errors.js";
import { isPlainTextWithScratch } from "../fast/jws-bytes.js";
import { createHeaderMemory, findExtension, parseObject, refuseMalformedSignature } from "./compact.js";
import { type JsonObject, member } from "./json.js";

/**
 * The header parameters that affect verification. Key material in a header (`jwk`, `jku`, `x5u`,
 * `x5c`) is never read.
 */
export interface TokenHeader {
  readonly alg: string;
  readonly kid: string | undefined;
  readonly typ: string | undefined;
}

/** A parsed token, its signature not yet verified. */
export interface ParsedToken {
  readonly header: TokenHeader;
  /** Whether the header was found in the memory of known headers. */
  readonly isHeaderKnown: boolean;
  readonly claims: JsonObject;
  /**
   * Where the payload ends: the text before it is the signing input, the text after it the
   * signature.
   */
  readonly payloadEnd: number;
}

/**
 * Parses tokens. Remembers headers by their exact text, since an issuer writes only a few different
 * ones.
 */
export interface TokenParser {
  /**
   * Throws `AuthError`: `token_too_large`, `token_opaque`, `token_encrypted`, `token_malformed`,
   * `algorithm_none`, `critical_header_unsupported`.
   */
  parse(token: string): ParsedToken;
  /**
   * Whether the token has too few parts for a JWT, so that only its issuer can read it. Throws
   * `AuthError`: `token_too_large`.
   */
  isOpaque(token: string): boolean;
  /** Stores the header of a verified token; headers of forged tokens take no space. */
  remember(token: string, header: TokenHeader): void;
}

const maxRememberedHeaders = 256;

/** Creates a parser that refuses tokens of more than `maxTokenSize` characters. */
export function createTokenParser(maxTokenSize: number): TokenParser {
  const headers = createHeaderMemory<TokenHeader>(maxRememberedHeaders);
  return {
    parse(token) {
      parseSize(token, maxTokenSize);
      const headerEnd = token.indexOf(".");
      const payloadEnd = token.indexOf(".", headerEnd + 1);
      if (headerEnd === -1 || payloadEnd === -1) throw toPartsError(token);
      const isPlain = isPlainTextWithScratch(token);
      const known = headers.get(token, headerEnd);
      try {
        const header = known ?? parseHeader(token.slice(0, headerEnd), isPlain);
        refuseMalformedSignature(token, payloadEnd, { malformed, isPlain });
        const payload = token.slice(headerEnd + 1, payloadEnd);
        const claims = parseObject(payload, { name: "payload", malformed, isPlain });
        return { header, isHeaderKnown: known !== undefined, claims, payloadEnd };
      } catch (error) {
        // An extra part ends up in the signature, which is then not base64url.
        throw token.includes(".", payloadEnd + 1) ? toPartsError(token) : error;
      }
    },
    isOpaque(token) {
      parseSize(token, maxTokenSize);
      const dot = token.indexOf(".");
      return dot === -1 || token.indexOf(".", dot + 1) === -1;
    },
    remember: headers.remember,
  };
}

function parseSize(token: string, maxTokenSize: number): void {
  if (token.length <= maxTokenSize) return;
  throw new AuthError("token_too_large", { details: { expected: maxTokenSize, actual: token.length } });
}

/** A compact JWS has three parts (RFC 7515 §7.1). */
function toPartsError(token: string): AuthError {
  const parts = token.split(".", 7).length;
  if (parts === 1) return new AuthError("token_opaque");
  // Five parts are a JWE (RFC 7516 §9). It is refused unread, which avoids decompression and
  // key-derivation bombs.
  if (parts === 5) return new AuthError("token_encrypted");
  return malformed("token", `has ${parts > 6 ? "more than 6" : parts} parts instead of 3`);
}

function parseHeader(text: string, isPlain: boolean): TokenHeader {
  const header = parseObject(text, { name: "header", malformed, isPlain });
  const alg = member(header, "alg");
  if (typeof alg !== "string") throw malformed("alg", "is not a string (RFC 7515 §4.1.1)");
  // Any spelling of `none` is refused here, before any list is consulted (RFC 8725 §3.1;
  // CVE-2015-9235).
  if (alg.trim().toLowerCase() === "none") throw new AuthError("algorithm_none");
  const extension = findExtension(header);
  if (extension) throw new AuthError("critical_header_unsupported", { details: { name: extension } });
  return { alg, kid: parseString(header, "kid"), typ: parseString(header, "typ") };
}

/** `kid` and `typ` are optional (RFC 7515 §4.1.4, §4.1.9), so null counts as absent. */
function parseString(header: JsonObject, name: string): string | undefined {
  const value = member(header, name) ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw malformed(name, "is not a string");
}

function malformed(name: string, problem: string): AuthError {
  return new AuthError("token_malformed", { details: { name, problem } });
}
