// The option `tokenFrom`: where a token may be besides Authorization.
import { ConfigError } from "../errors.js";
import { isSafeUrl } from "../issuer/url.js";
import type { ProxyPolicy } from "../request/proxy.js";
import type { TokenPlace } from "../request/token-from.js";
import { toOptionError } from "./option-table.js";
import type { TokenFromOptions } from "./request-option-types.js";
import { requireOptions } from "./require-options.js";

/** RFC 9110 §5.6.2: names of headers and of cookies. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Checks the option. Throws `ConfigError`. */
export function requireTokenPlace(
  option: TokenFromOptions | undefined,
  proxy: ProxyPolicy | undefined,
): TokenPlace | undefined {
  if (option === undefined) return undefined;
  requireOptions("tokenFrom", option);
  const { header, cookie, origins } = option as Readonly<Record<string, unknown>>;
  if ((header === undefined) === (cookie === undefined)) {
    throw toOptionError("tokenFrom", "must have either `header` or `cookie`");
  }
  if (header === undefined) return { cookie: requireToken("cookie", cookie), origins: requireOrigins(origins) };
  if (origins !== undefined) throw toOptionError("tokenFrom.origins", "belongs to a cookie, not to a header");
  return requireHeaderPlace(requireToken("header", header).toLowerCase(), proxy);
}

/**
 * Of these node:http keeps the first (https://nodejs.org/api/http.html#messageheaders): a proxy may
 * append its own.
 */
const keptFirst: readonly string[] = "proxy-authorization from host referer user-agent".split(" ");

function requireHeaderPlace(header: string, proxy: ProxyPolicy | undefined): TokenPlace {
  if (header === "authorization" || header === "cookie") {
    const problem = header === "cookie" ? "is read by `tokenFrom.cookie`" : "is Authorization, which is read anyway";
    throw toOptionError("tokenFrom.header", problem);
  }
  if (keptFirst.includes(header)) {
    throw toOptionError("tokenFrom.header", "may come twice, of which Node.js shows the client's own");
  }
  // Any client can send a header: it proves nothing unless a proxy sets it (CWE-290).
  if (proxy) return { header, proxy };
  throw new ConfigError({
    option: "tokenFrom.header",
    problem: "requires trustProxy, which is not set",
    example: 'tokenFrom: { header: "cf-access-jwt-assertion" }, trustProxy: { addresses: ["10.0.0.0/8"] }',
  });
}

function requireToken(member: "header" | "cookie", name: unknown): string {
  if (typeof name === "string" && token.test(name)) return name;
  throw toOptionError(`tokenFrom.${member}`, `is not the name of a ${member}`);
}

/**
 * Origins as browsers write them (RFC 6454 §6.2), since they are compared exactly. Never patterns.
 */
function requireOrigins(origins: unknown): ReadonlySet<unknown> {
  const isOrigin = (one: unknown) =>
    typeof one === "string" && isSafeUrl(one) && new URL(one).origin === one && !one.includes("*");
  if (Array.isArray(origins) && origins.length > 0 && origins.every(isOrigin)) return new Set(origins);
  const problem =
    "must list the origins of the pages that may use the cookie: https, host and port, no path (http only on this machine itself)";
  throw toOptionError("tokenFrom.origins", problem);
}
