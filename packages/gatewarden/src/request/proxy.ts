// Which proxies are trusted, and the headers they set: X-Forwarded-* or Forwarded (RFC 7239). Read
// only where configured.
import { AuthError } from "../errors.js";
import { builtin } from "../platform/runtime.js";
import { type GuardRequest, type RequestHeaders, readHeader } from "./credentials.js";

/** A header in which a proxy reports the URL that the client used. */
export type ForwardingHeader = "forwarded" | "x-forwarded-proto" | "x-forwarded-host" | "x-forwarded-port";

/** The trusted proxies. */
export interface ProxyPolicy {
  /**
   * Headers that they set on every request. Other headers are not read: a proxy passes on a
   * client's own values.
   */
  readonly headers: ReadonlySet<ForwardingHeader>;
  /** Whether the address is one of theirs. */
  readonly trusts: (address: string | undefined) => boolean;
}

/** What a trusted proxy reports about the URL. Members that it does not report are undefined. */
export interface Forwarded {
  readonly proto?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | undefined;
}

/** Whether the request came from a trusted proxy. */
export function isFromProxy(request: GuardRequest, proxy: ProxyPolicy | undefined): proxy is ProxyPolicy {
  return proxy?.trusts(request.connection?.address) ?? false;
}

/** What the proxy reports. Throws `AuthError` (`target_unknown`) where it contradicts itself. */
export function parseForwardedHeaders(headers: RequestHeaders, { headers: read }: ProxyPolicy): Forwarded {
  if (read.has("forwarded")) return parseForwarded(parseSingle(headers, "forwarded"));
  const value = (name: ForwardingHeader) => (read.has(name) ? parseSingle(headers, name) : undefined);
  return { proto: value("x-forwarded-proto"), host: value("x-forwarded-host"), port: value("x-forwarded-port") };
}

/**
 * A matcher for IP addresses and ranges such as `10.0.0.0/8`. Throws `TypeError`, which names an
 * invalid entry.
 */
export function createAddressMatcher(entries: readonly string[]): (address: string | undefined) => boolean {
  const net = builtin("node:net");
  if (!net) throw new TypeError("needs node:net, which this platform lacks");
  const list = new net.BlockList();
  for (const entry of entries) {
    const [address = "", bits, ...rest] = String(entry).split("/");
    const family = net.isIP(address) === 6 ? "ipv6" : "ipv4";
    const isRange = bits !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === "ipv6" ? 128 : 32);
    if (net.isIP(address) === 0 || rest.length > 0 || (bits !== undefined && !isRange)) {
      throw new TypeError(`holds "${entry}", which is not an IP address or range`);
    }
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (text = "") => {
    // A link-local address includes its zone (RFC 4007 §11).
    const [address = ""] = text.split("%", 1);
    const version = net.isIP(address);
    return version !== 0 && list.check(address, version === 6 ? "ipv6" : "ipv4");
  };
}

/**
 * The only value of a header. Of several, the first may be the client's own, so none is trusted
 * (RFC 7239 §8.1).
 */
function parseSingle(headers: RequestHeaders, name: string): string | undefined {
  const value = readHeader(headers, name);
  if (value === undefined) return undefined;
  if (typeof value === "string" && value !== "" && !value.includes(",")) return value.trim();
  throw new AuthError("target_unknown", { details: { name, problem: "does not hold exactly one value" } });
}

const pair = /\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=("(?:[^"\\]|\\.)*"|[!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*(?:;|$)/y;

/** RFC 7239 §4: pairs separated by semicolons, each name at most once. */
function parseForwarded(text: string | undefined): Forwarded {
  const pairs = new Map<string, string>();
  pair.lastIndex = 0;
  while (text !== undefined && pair.lastIndex < text.length) {
    const match = pair.exec(text);
    const [, name = "", value = ""] = match ?? [];
    if (!match || pairs.has(name.toLowerCase())) {
      throw new AuthError("target_unknown", { details: { name: "forwarded", problem: "is malformed" } });
    }
    pairs.set(name.toLowerCase(), value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value);
  }
  return { proto: pairs.get("proto"), host: pairs.get("host") };
}
