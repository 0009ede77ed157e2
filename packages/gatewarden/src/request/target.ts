// The URL that the client used, as far as the server can determine it (RFC 9110 §7.1). A DPoP
// proof's `htu` is compared with it.
import { AuthError } from "../errors.js";
import { type GuardRequest, type RequestHeaders, readHeader } from "./credentials.js";
import { type Forwarded, isFromProxy, type ProxyPolicy, parseForwardedHeaders } from "./proxy.js";
import { normaliseUrl } from "./uri.js";

/** Where the URL is taken from. */
export interface TargetPolicy {
  /** The public origin, where configured. Headers are then not consulted. */
  readonly origin: string | undefined;
  readonly proxy: ProxyPolicy | undefined;
}

/**
 * The request's URL in its normal form, without query and fragment. Scheme and host come from the
 * configured origin, else from a trusted proxy, else from the connection and Host. Returns a
 * refusal (`target_unknown`) rather than a guess.
 */
export function toTarget(request: GuardRequest, policy: TargetPolicy): string | AuthError {
  try {
    return parseTarget(request, policy);
  } catch (error) {
    if (error instanceof AuthError) return error;
    throw error;
  }
}

function parseTarget(request: GuardRequest, policy: TargetPolicy): string {
  const [url = ""] = request.url.split("?", 1);
  const absolute = url.startsWith("/") || !/^https?:\/\//i.test(url) ? undefined : url;
  // `OPTIONS *` and CONNECT have no path (RFC 9112 §3.2.3, §3.2.4).
  if (absolute === undefined && !url.startsWith("/")) throw unknown("url", "is neither a path nor an http URL");
  const path = absolute === undefined ? url : absolute.replace(/^[^/]*\/\/[^/?#]*/, "");
  const origin = policy.origin ?? parseOrigin(request, absolute, policy.proxy);
  const target = normaliseUrl(origin + path);
  if (target === undefined) throw unknown("url", "is malformed");
  return target;
}

function parseOrigin(request: GuardRequest, absolute: string | undefined, proxy: ProxyPolicy | undefined): string {
  const { proto, host, port } = isFromProxy(request, proxy) ? parseForwardedHeaders(request.headers, proxy) : nothing;
  const scheme = proto?.toLowerCase() ?? parseOwnScheme(request, absolute);
  if (scheme !== "http" && scheme !== "https") throw unknown("scheme", "is neither http nor https");
  const authority = host ?? parseOwnHost(request, absolute);
  // Characters that end the authority must not move the border between host and path (RFC 3986
  // §3.2).
  if (/[/?#]/.test(authority)) throw unknown("host", "is malformed");
  if (port !== undefined && !/^[0-9]{1,5}$/.test(port)) throw unknown("port", "is not a number");
  // A proxy on a non-standard port may report the port separately instead of in the host.
  const isPortOpen = port !== undefined && !/:[0-9]*$/.test(authority);
  return `${scheme}://${authority}${isPortOpen ? `:${port}` : ""}`;
}

const nothing: Forwarded = {};

function parseOwnScheme({ connection }: GuardRequest, absolute: string | undefined): string {
  if (connection) return connection.isEncrypted ? "https" : "http";
  // Without a socket, only the URL that the runtime made absolute is available (Fetch §2.2.6).
  const scheme = absolute && /^https?/i.exec(absolute)?.[0];
  if (scheme) return scheme.toLowerCase();
  throw unknown("scheme", "cannot be determined: there is no connection, and the URL is only a path");
}

function parseOwnHost({ headers, connection }: GuardRequest, absolute: string | undefined): string {
  const named = absolute === undefined ? undefined : absolute.replace(/^[^/]*\/\//, "").replace(/[/?#].*$/s, "");
  if (named !== undefined && !connection) return named;
  const host = parseHost(headers);
  // A client that sends an absolute URL must send the same host in `Host` (RFC 9112 §3.2). A
  // mismatch is treated as an attack.
  if (named !== undefined && !isSameHost(named, host, absolute)) throw unknown("host", "differs from the URL's");
  return host;
}

/**
 * Runtimes that make the URL absolute omit the scheme's default port, even if Host contains it
 * (WHATWG URL §4.5).
 */
function isSameHost(named: string, host: string, absolute = ""): boolean {
  const [scheme] = absolute.split("/", 1);
  const origin = normaliseUrl(`${scheme}//${host}`);
  return origin !== undefined && origin === normaliseUrl(`${scheme}//${named}`);
}

/** One Host (RFC 9112 §3.2), or `:authority`, which replaces it in HTTP/2 (RFC 9113 §8.3.1). */
function parseHost(headers: RequestHeaders): string {
  const pseudo = typeof headers["get"] === "function" ? undefined : readHeader(headers, ":authority");
  const host = readHeader(headers, "host");
  if (pseudo !== undefined && host !== undefined && pseudo !== host) throw unknown("host", "differs from :authority");
  const value = pseudo ?? host;
  if (typeof value === "string" && value !== "") return value;
  throw unknown("host", value === undefined ? "is absent" : "does not hold exactly one value");
}

function unknown(name: string, problem: string): AuthError {
  return new AuthError("target_unknown", { details: { name, problem } });
}
