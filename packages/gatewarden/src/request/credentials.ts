// Headers → scheme and token. Only the Authorization header is ever read (RFC 6750 §2.1, RFC 9110 §11.6.2; RFC 9700 §4.3.2).
import { AuthError } from "../errors.js";

/** Headers as frameworks hold them: a `Headers` object, or a record with lower-case names. */
export type RequestHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a request is checked by. */
export interface GuardRequest {
  readonly method: string;
  /** The URL as the client wrote it: absolute, or path and query. */
  readonly url: string;
  readonly headers: RequestHeaders;
}

// One scheme, one or more blanks, one token68 (RFC 9110 §11.2). No other character can be part of a token.
const bearer = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;
const scheme = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+/;

/**
 * The bearer token of a request. Throws `AuthError`: `credentials_missing`, `scheme_unsupported`, `credentials_malformed`,
 * `credentials_multiple`.
 */
export function readToken(headers: RequestHeaders): string {
  const value = readAuthorization(headers);
  if (value === undefined || value === "") throw new AuthError("credentials_missing");
  const token = bearer.exec(value)?.[1];
  if (token !== undefined) return token;
  const name = scheme.exec(value)?.[0] ?? "";
  if (name.toLowerCase() === "bearer") {
    // "Bearer a, Bearer b" is what two headers become when something joins them (RFC 9110 §5.3).
    throw new AuthError(value.includes(",") ? "credentials_multiple" : "credentials_malformed");
  }
  if (/,\s*bearer(\s|$)/i.test(value)) throw new AuthError("credentials_multiple");
  // Another scheme is as good as none (RFC 9110 §11.6.2), unless it is no scheme at all.
  throw new AuthError(name === "" ? "credentials_malformed" : "scheme_unsupported");
}

/** Whether the request is a CORS preflight: browsers send it without credentials, so it is not asked for any (Fetch §3.2.2). */
export function isPreflight({ method, headers }: GuardRequest): boolean {
  if (method !== "OPTIONS") return false;
  return (
    readHeader(headers, "origin") !== undefined && readHeader(headers, "access-control-request-method") !== undefined
  );
}

function readAuthorization(headers: RequestHeaders): string | undefined {
  const value = readHeader(headers, "authorization");
  if (value === undefined || typeof value === "string") return value;
  // Two headers are two sets of credentials, even when they are equal (RFC 6750 §3.1 invalid_request).
  if (value.length > 1) throw new AuthError("credentials_multiple");
  return value[0];
}

function readHeader(headers: RequestHeaders, name: string): string | readonly string[] | undefined {
  if (isHeaders(headers)) return headers.get(name) ?? undefined;
  return Object.hasOwn(headers, name) ? headers[name] : undefined;
}

function isHeaders(headers: RequestHeaders): headers is { get(name: string): string | null } {
  return typeof headers["get"] === "function";
}
