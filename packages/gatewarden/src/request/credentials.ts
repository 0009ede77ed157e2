// Headers → scheme and token. Only the Authorization header is read (RFC 6750 §2.1, RFC 9110 §11.6.2; RFC 9700 §4.3.2), unless `tokenFrom`
// names another place.
import { AuthError, type AuthScheme } from "../errors.js";

/** Headers as frameworks hold them: a `Headers` object, or a record. Names count in any case (RFC 9110 §5.1). */
export type RequestHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a request is checked by. */
export interface GuardRequest {
  readonly method: string;
  /** The URL as the client wrote it: absolute, or path and query. */
  readonly url: string;
  readonly headers: RequestHeaders;
  /** What the socket knows, where the server holds it. Bound tokens need it; all else works without. */
  readonly connection?: Connection;
  /**
   * The server's own object for this request, and for no other. Where a request is checked more than once on its way, its DPoP proof then
   * counts as used once; without it, the second check takes the proof for a replay.
   */
  readonly incoming?: object;
  /**
   * For connections that go on after the request. `opening`: this one opens it, so a token in a cookie
   * must come from a listed origin whatever the method (CWE-1385). `message`: the token came over it
   * later, and stands in Authorization; what else the opening request carried does not count.
   */
  readonly overSocket?: "opening" | "message";
}

/** The connection that a request came over. Its properties may be getters: they are read only when a token asks for it. */
export interface Connection {
  readonly isEncrypted: boolean;
  /** The IP address of the other end: the client, or the last proxy. */
  readonly address?: string | undefined;
  /** The certificate that the other end presented in the TLS handshake, in DER. */
  readonly certificate?: Uint8Array | undefined;
}

/** A token with the scheme that it came in. */
export interface Credentials {
  readonly scheme: AuthScheme;
  readonly token: string;
}

// One scheme, one or more blanks, one token68 (RFC 9110 §11.2). No other character can be part of a token.
const token68 = "([A-Za-z0-9\\-._~+/]+=*)";
const schemeCharacter = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]";
const anyScheme = new RegExp(`^${schemeCharacter}`);

/** The schemes that an API takes: their credentials, and whether text names one of them at all. */
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
 * Scheme and token of an Authorization header; the scheme DPoP only where `takesDpop` (RFC 9449 §7.1). Throws `AuthError`:
 * `credentials_missing`, `scheme_unsupported`, `credentials_malformed`, `credentials_multiple`.
 */
export function parseCredentials(value: string, takesDpop: boolean): Credentials {
  if (value === "") throw new AuthError("credentials_missing");
  const syntax = takesDpop ? bearerAndDpop : bearerOnly;
  const match = syntax.credentials.exec(value);
  if (match?.[1] !== undefined) return { scheme: toScheme(value), token: match[1] };
  // "Bearer a, DPoP b" is what two headers become when something joins them (RFC 9110 §5.3). A
  // request has one token, sent in one way (RFC 6750 §2).
  if (value.includes(",") && syntax.anywhere.test(value)) throw new AuthError("credentials_multiple");
  // Another scheme is as good as none (RFC 9110 §11.6.2), unless it is no scheme at all.
  const isOther = anyScheme.test(value) && !syntax.anywhere.test(value);
  throw new AuthError(isOther ? "scheme_unsupported" : "credentials_malformed");
}

/** The scheme that an Authorization header tries, whatever becomes of it: a refusal is answered in it. */
export function toScheme(value: string): AuthScheme {
  return value.length > 4 && value.charCodeAt(4) === 0x20 && value.slice(0, 4).toLowerCase() === "dpop"
    ? "DPoP"
    : "Bearer";
}

/** Whether the request is a CORS preflight: browsers send it without credentials, so it is not asked for any (Fetch §3.2.2). */
export function isPreflight(request: GuardRequest): boolean {
  if (request.method !== "OPTIONS") return false;
  const { headers } = request;
  return (
    readHeader(headers, "origin") !== undefined && readHeader(headers, "access-control-request-method") !== undefined
  );
}

/**
 * The request's one Authorization header; empty text where there is none. Throws `AuthError`:
 * `credentials_multiple`, and `credentials_malformed` for what is neither a string nor a list of
 * strings: it is never coerced, nor taken for absent (CWE-843).
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
 * A token that came by another way, as the header that it would have come with. Throws `AuthError`
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
 * The header under its lower-case name, where a record has it. Other spellings are looked for on a miss only, save for the usual one: who
 * writes both has two headers. A look at every name would cost a known token a tenth of its time.
 */
function readLowerCase(headers: RequestHeaders | null | undefined): string | readonly string[] | undefined {
  if (typeof headers !== "object" || headers === null || !Object.hasOwn(headers, "authorization")) return undefined;
  const record = headers as Readonly<Record<string, string | readonly string[] | undefined>>;
  return record["Authorization"] === undefined ? record["authorization"] : undefined;
}

/**
 * A header by its lower-case name, in whatever case it came (RFC 9110 §5.1): a list where it came
 * more than once, be it in two spellings, and nothing has joined the values. Absent headers hold
 * none. Only a record's own members count (CWE-1321).
 */
export function readHeader(
  headers: RequestHeaders | null | undefined,
  name: string,
): string | readonly string[] | undefined {
  if (headers === null || headers === undefined) return undefined;
  if (isHeadersObject(headers)) return headers.get(name) ?? undefined;
  let value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  for (const other in headers) {
    // The length first: it is all that most names are asked for.
    if (other.length !== name.length || other === name || !isSpelling(other, name)) continue;
    const more = Object.hasOwn(headers, other) ? headers[other] : undefined;
    if (more !== undefined) value = value === undefined ? more : [value, more].flat();
  }
  return value;
}

/** Names are ASCII (RFC 9110 §5.1): no letter beyond it may become one of them. */
function isSpelling(text: string, name: string): boolean {
  return text.toLowerCase() === name && !/[^\x21-\x7e]/.test(text);
}

function isHeadersObject(headers: RequestHeaders): headers is { get(name: string): string | null } {
  return typeof headers["get"] === "function";
}
