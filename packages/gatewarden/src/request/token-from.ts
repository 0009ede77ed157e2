// Tokens outside Authorization: in a header of an identity-aware proxy, or in a cookie. Read only
// where configured.
import { AuthError } from "../errors.js";
import { trimBoth } from "../platform/trim.js";
import { type GuardRequest, parseAuthorization, parseCredentials, readHeader, toAuthorization } from "./credentials.js";
import { isFromProxy, type ProxyPolicy } from "./proxy.js";

/** Where a token may be besides Authorization. */
export type TokenPlace =
  | { readonly header: string; readonly proxy: ProxyPolicy }
  | { readonly cookie: string; readonly origins: ReadonlySet<unknown> };

/**
 * The request's credentials as the text of one Authorization header, from any configured place;
 * empty text where there are none. Throws `AuthError`: as `parseAuthorization` does,
 * `credentials_multiple` for a token in both places (RFC 6750 §2: one method), and
 * `origin_not_allowed`.
 */
export function parsePresented(request: GuardRequest | undefined, place: TokenPlace | undefined): string {
  const authorization = parseAuthorization(request);
  // A token sent over a connection is in Authorization. The token that opened the connection is a
  // different one.
  if (place === undefined || request === undefined || request.overSocket === "message") return authorization;
  const token = "header" in place ? parseProxyHeader(request, place) : parseCookie(request, place.cookie);
  if (token === "") return authorization;
  if (authorization !== "") throw new AuthError("credentials_multiple");
  if ("cookie" in place) refuseOtherOrigin(request, place.origins);
  return "header" in place && /^bearer /i.test(token) ? token : toAuthorization(token);
}

/** The token of a request, where one can be read. For listeners, after the decision. */
export function readToken(
  request: GuardRequest | undefined,
  takesDpop: boolean,
  place: TokenPlace | undefined,
): string | undefined {
  try {
    return request ? parseCredentials(parsePresented(request, place), takesDpop).token : undefined;
  } catch {
    return undefined;
  }
}

/** Ignores the header from any other peer: clients can set it too (CWE-290). */
function parseProxyHeader(request: GuardRequest, { header, proxy }: { header: string; proxy: ProxyPolicy }): string {
  if (!isFromProxy(request, proxy)) return "";
  const values = parseTexts(request, header);
  if (values.length > 1) throw new AuthError("credentials_multiple");
  return values[0] ?? "";
}

/** Node.js limits all headers of a request to 16 KiB; other platforms may have no limit. */
const maxCookieLength = 131_072;

/**
 * The value of the only cookie with the name (RFC 6265bis §4.2.1): the token itself, neither quoted
 * nor encoded. A second one may come from another host of the site, so both are refused.
 */
function parseCookie(request: GuardRequest, name: string): string {
  const text = parseTexts(request, "cookie").join(";");
  if (text.length > maxCookieLength) throw new AuthError("credentials_malformed");
  let found: string | undefined;
  for (const pair of text.split(";")) {
    const equals = pair.indexOf("=");
    if (equals < 0 || trimBoth(pair.slice(0, equals), blanks) !== name) continue;
    if (found !== undefined) throw new AuthError("credentials_multiple");
    found = trimBoth(pair.slice(equals + 1), blanks);
  }
  return found ?? "";
}

/** Around names and values they do not count (RFC 6265bis §5.6). */
const blanks = " \t";

/**
 * Throws `AuthError` (`credentials_malformed`) for anything but strings: a value is never coerced
 * (CWE-843).
 */
function parseTexts({ headers }: GuardRequest, name: string): readonly string[] {
  const value: unknown = readHeader(headers, name);
  const values: readonly unknown[] = value === undefined ? [] : Array.isArray(value) ? Array.from(value) : [value];
  if (!values.every((one) => typeof one === "string")) throw new AuthError("credentials_malformed");
  return values;
}

const safeMethods: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/**
 * Browsers send a cookie with requests from any page. So a request that may change something (RFC
 * 9110 §9.2.1, CWE-352), or opens a connection (CWE-1385), must come from a listed page. Without
 * Origin (RFC 6454 §7), Sec-Fetch-Site must say that the page is the API's own. A page can set
 * neither header.
 */
function refuseOtherOrigin(request: GuardRequest, origins: ReadonlySet<unknown>): void {
  if (safeMethods.includes(request.method) && !opensConnection(request)) return;
  const origin: unknown = readHeader(request.headers, "origin");
  const isAllowed =
    origin === undefined ? readHeader(request.headers, "sec-fetch-site") === "same-origin" : origins.has(origin);
  if (!isAllowed) throw new AuthError("origin_not_allowed", { details: { name: "origin", expected: [...origins] } });
}

/**
 * Whether a request asks for a WebSocket. A proxy may keep Upgrade for itself when it asks another
 * server to decide (RFC 9110 §7.8). Browsers always send the Sec- headers (RFC 6455 §4.1; RFC 8441
 * §5 leaves the key out), and no page can set or omit them (Fetch §2.2.2, forbidden names).
 */
function opensConnection({ headers, overSocket }: GuardRequest): boolean {
  const upgrade: unknown = readHeader(headers, "upgrade");
  return (
    overSocket === "opening" ||
    (upgrade !== undefined && !(typeof upgrade === "string" && !/websocket/i.test(upgrade))) ||
    readHeader(headers, "sec-websocket-key") !== undefined ||
    readHeader(headers, "sec-websocket-version") !== undefined
  );
}
