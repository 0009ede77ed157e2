// What the client asked the proxy for: read from where this kind of proxy says it, and only there.
// What is missing, repeated or malformed refuses: the connection's own values are the proxy's.
import { isIP } from "node:net";
import { GatewayRefusal } from "../refusals.js";
import type { SentHeaders } from "./headers.js";
import type { ProxyKind } from "./kinds.js";

/** The request that the client sent to the proxy. */
export interface OriginalRequest {
  readonly method: string;
  readonly scheme: "http" | "https";
  /** In lower case, with the port if one was given. */
  readonly host: string;
  /** The request-target as it was sent: path and query. */
  readonly target: string;
  /** The client's address, or that of the last proxy before this one. */
  readonly address: string | undefined;
}

/** The subrequest as it arrived at the gateway. */
export interface ProxyRequest {
  readonly method: string;
  /** Behind the prefix, for proxies that repeat the request itself. */
  readonly target: string;
  readonly headers: SentHeaders;
  /** The client's certificate in DER, where the proxy says it beside the headers. */
  readonly certificate?: Uint8Array | undefined;
}

/** Throws `GatewayRefusal`: `proxy_header_*`, `method_*`, `host_malformed`, `target_rewritten`. */
export function parseOriginalRequest(kind: ProxyKind, request: ProxyRequest): OriginalRequest {
  const { headers } = request;
  refuseRewriting(headers);
  const isItself = kind.reads === "itself";
  const method = parseMethod(isItself ? request.method : parseOne(headers, kind.method));
  refuseOverride(headers, method);
  return {
    method,
    target: isItself ? request.target : parseOne(headers, kind.target),
    host: parseHost(parseOne(headers, isItself ? "host" : kind.host)),
    scheme: parseScheme(parseOne(headers, kind.scheme)),
    address: parseAddress(kind, headers),
  };
}

/** Exactly one value: of two, one may be the client's own (CWE-444). */
function parseOne(headers: SentHeaders, name: string): string {
  const value = headers[name];
  if (value === undefined || value === "") throw new GatewayRefusal("proxy_header_missing");
  if (typeof value !== "string") throw new GatewayRefusal("proxy_header_repeated");
  return value;
}

/**
 * Methods are case-sensitive (RFC 9110 §9.1), but some servers are not. TRACE echoes credentials
 * (RFC 9110 §9.3.8), CONNECT has no path (§9.3.6).
 */
function parseMethod(method: string): string {
  if (!/^[A-Z][A-Z-]{0,31}$/.test(method)) throw new GatewayRefusal("method_malformed");
  if (method === "TRACE" || method === "CONNECT") throw new GatewayRefusal("method_refused");
  return method;
}

const overrides = ["x-http-method-override", "x-http-method", "x-method-override"] as const;

/** Frameworks take these for the method: a GET that was allowed would act as a DELETE. */
function refuseOverride(headers: SentHeaders, method: string): void {
  for (const name of overrides) {
    const value = headers[name];
    if (value !== undefined && value !== method) throw new GatewayRefusal("method_overridden");
  }
}

/** IIS, Symfony and others take these for the URL (CVE-2018-14773). Proxies do not set them. */
function refuseRewriting(headers: SentHeaders): void {
  if (headers["x-original-url"] !== undefined || headers["x-rewrite-url"] !== undefined)
    throw new GatewayRefusal("target_rewritten");
}

const host = /^(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9_](?:[a-z0-9_-]|\.(?=[a-z0-9_])){0,252})(?::[0-9]{1,5})?$/;

/** No user name, no trailing dot: both would name the same host in another way (RFC 9110 §4.2). */
function parseHost(value: string): string {
  const text = value.toLowerCase();
  if (!host.test(text)) throw new GatewayRefusal("host_malformed");
  return text;
}

function parseScheme(value: string): "http" | "https" {
  if (value === "http" || value === "https") return value;
  throw new GatewayRefusal("proxy_header_malformed");
}

/** A list ends with what this proxy appended; everything before may be the client's own. */
function parseAddress(kind: ProxyKind, headers: SentHeaders): string | undefined {
  const given = headers[kind.address];
  if (given === undefined && kind.reads === "itself") return undefined;
  const value = kind.isAddressList
    ? [given ?? ""].flat().join(",").split(",").at(-1)?.trim()
    : parseOne(headers, kind.address);
  if (value === undefined || value === "") throw new GatewayRefusal("proxy_header_missing");
  // What nginx says of a client on a Unix socket.
  if (value === "unix:") return undefined;
  if (isIP(value) === 0) throw new GatewayRefusal("proxy_header_malformed");
  return value;
}
