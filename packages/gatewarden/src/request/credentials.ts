// Headers → scheme and token. Only the Authorization header is read (RFC 6750 §2.1, RFC 9110
// §11.6.2; RFC 9700 §4.3.2), unless `tokenFrom` names another place.
import { AuthError, type AuthScheme } from "../errors.js";

/**
 * Headers as frameworks hold them: a `Headers` object, or a record. Names match in any case (RFC
 * 9110 §5.1).
 */
export type RequestHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The parts of a request that the guard checks. */
export interface GuardRequest {
  readonly method: string;
  /** The URL as the client wrote it: absolute, or path and query. */
  readonly url: string;
  readonly headers: RequestHeaders;
  /** Facts from the socket, where the server has them. Needed for bound tokens only. */
  readonly connection?: Connection;
  /**
   * The server's own object for this request only. Where a request is checked several times, its
   * DPoP proof then counts as used once. Without it, the second check treats the proof as a replay.
   */
  readonly incoming?: object;
  /**
   * For connections that outlive the request. `opening`: this request opens the connection, so a
   * token in a cookie must come from a listed origin regardless of the method (CWE-1385).
   * `message`: the token was sent later over the connection, and is in Authorization; other
   * credentials of the opening request do not count.
   */
  readonly overSocket?: "opening" | "message";
}

/**
 * The connection that a request came over. Its properties may be getters: they are read only when a
 * token needs them.
 */
export interface Connection {
  readonly isEncrypted: boolean;
  /** The IP address of the peer: the client, or the last proxy. */
  readonly address?: string | undefined;
  /** The certificate that the peer presented in the TLS handshake, in DER. */
  readonly certificate?: Uint8Array | undefined;
}

/** A token with the scheme that it was presented with. */
export interface Credentials {
  readonly scheme: AuthScheme;
  readonly token: string;
}

// One scheme, one or more blanks, one token68 (RFC 9110 §11.2). No other character can be part of a
// token.
const token68 = "([A-Za-z0-9\\-._~+/]+=*)";
const schemeCharacter = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]";
const anyScheme = new RegExp(`^${schemeCharacter}`);

/**
 * The schemes that an API accepts: the syntax of their credentials, and whether a text names one of
 * them at all.
 */
interface SchemeSyntax {
  readonly credentials: RegExp;
  readonly anywhere: RegExp;
}

const bearerOnly = toSyntax("bearer");
const bearerAndDpop = toSyntax("bearer|dpop");

function toSyntax(schemes: string): SchemeSyntax {
  return {
    credentials: new RegExp(`^(?:${schemes}) +${token68}$`, "i"),
    anywhere: new RegExp(`(?:^|,)\\s*(?:${schemes})(?!${schemeCharacter})`, "i"),
  };
}

/**
 * Scheme and token of an Authorization header; DPoP only where `takesDpop` (RFC 9449 §7.1). Throws
 * `AuthError`: `credentials_missing`, `scheme_unsupported`, `credentials_malformed`,
 * `credentials_multiple`.
 */
export function parseCredentials(value: string, takesDpop: boolean): Credentials {
  if (value === "") throw new AuthError("credentials_missing");
  const syntax = takesDpop ? bearerAndDpop : bearerOnly;
  const match = syntax.credentials.exec(value);
  if (match?.[1] !== undefined) return { scheme: toScheme(value), token: match[1] };
  // "Bearer a, DPoP b" results when an intermediary joins two headers (RFC 9110 §5.3). A request
  // sends one token, in one way (RFC 6750 §2).
  if (value.includes(",") && syntax.anywhere.test(value)) throw new AuthError("credentials_multiple");
  // Another scheme counts as no credentials (RFC 9110 §11.6.2), unless it is malformed.
  const isOther = anyScheme.test(value) && !syntax.anywhere.test(value);
  throw new AuthError(isOther ? "scheme_unsupported" : "credentials_malformed");
}

/**
 * The scheme that an Authorization header tries, even if it is refused: the challenge answers in
 * that scheme.
 */
export function toScheme(value: string): AuthScheme {
  return value.length > 4 && value.charCodeAt(4) === 0x20 && value.slice(0, 4).toLowerCase() === "dpop"
    ? "DPoP"
    : "Bearer";
}

/**
 * Whether the request is a CORS preflight. Browsers send it without credentials, so none are
 * required (Fetch §3.2.2).
 */
export function isPreflight(request: GuardRequest): boolean {
  if (request.method !== "OPTIONS") return false;
  const { headers } = request;
  return (
    readHeader(headers, "origin") !== undefined && readHeader(headers, "access-control-request-method") !== undefined
  );
}

/**
 * The request's only Authorization header; empty text where there is none. Throws `AuthError`:
 * `credentials_multiple`, and `credentials_malformed` for a value that is neither a string nor a
 * list of strings. Such a value is neither coerced nor treated as absent (CWE-843).
 */
export function parseAuthorization(request: GuardRequest | undefined): string {
  if (!request) throw new TypeError("There is no request");
  const value = readLowerCase(request.headers) ?? readHeader(request.headers, "authorization");
  if (typeof value === "string") return value;
  if (value === undefined && (typeof request.headers === "object" || request.headers === undefined)) return "";
  const values: unknown = value;
  if (!Array.isArray(values) || !Array.from(values).every(isString)) throw new AuthError("credentials_malformed");
  // Two headers are two sets of credentials, even when they are equal (RFC 6750 §2, and §3.1
  // invalid_request).
  if (values.length > 1) throw new AuthError("credentials_multiple");
  return values[0] ?? "";
}

/**
 * A token that did not arrive over HTTP, as the header that it would have had. Throws `AuthError`
 * (`credentials_malformed`) unless it is a string: it is never coerced (CWE-843).
 */
export function toAuthorization(token: string): string {
  if (!isString(token)) throw new AuthError("credentials_malformed");
  return `Bearer ${token}`;
}

function isString(value: unknown): boolean {
  return typeof value === "string";
}

/**
 * The header under its lower-case name, if a record has it. Other spellings are looked for on a
 * miss. Beside a hit only the usual spelling is: both are two headers. A look at every name would
 * cost a known token a tenth of its time.
 */
function readLowerCase(headers: RequestHeaders | null | undefined): string | readonly string[] | undefined {
  if (typeof headers !== "object" || headers === null || !Object.hasOwn(headers, "authorization")) return undefined;
  const record = headers as Readonly<Record<string, string | readonly string[] | undefined>>;
  return record["Authorization"] === undefined ? record["authorization"] : undefined;
}

/**
 * A header by its lower-case name, in any case that it was sent in (RFC 9110 §5.1). Returns a list
 * where it was sent several times, also in different spellings, and the values were not joined.
 * Undefined without headers. Only a record's own members count (CWE-1321).
 */
export function readHeader(
  headers: RequestHeaders | null | undefined,
  name: string,
): string | readonly string[] | undefined {
  if (headers === null || headers === undefined) return undefined;
  if (isHeadersObject(headers)) return headers.get(name) ?? undefined;
  let value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  for (const other in headers) {
    // Compares the length first: it rules out most names.
    if (other.length !== name.length || other === name || !isSpelling(other, name)) continue;
    const more = Object.hasOwn(headers, other) ? headers[other] : undefined;
    if (more !== undefined) value = value === undefined ? more : [value, more].flat();
  }
  return value;
}

/** Names are ASCII (RFC 9110 §5.1): no other letter may turn into one by changing case. */
function isSpelling(text: string, name: string): boolean {
  return text.toLowerCase() === name && !/[^\x21-\x7e]/.test(text);
}

function isHeadersObject(headers: RequestHeaders): headers is { get(name: string): string | null } {
  return typeof headers["get"] === "function";
}
