// The options `resource` and `trustProxy`: where the client's URL is taken from.
import { isSafeUrl } from "../issuer/url.js";
import { createAddressMatcher, type ForwardingHeader, type ProxyPolicy } from "../request/proxy.js";
import { toOptionError } from "./option-table.js";
import type { GuardOptions } from "./options.js";
import type { TrustProxyOptions } from "./request-option-types.js";
import { requireOptions } from "./require-options.js";

/** The public origin that `resource` names. Throws `ConfigError`. */
export function requireOrigin(resource: string | undefined): string | undefined {
  if (resource === undefined) return undefined;
  // RFC 9728 §1.2: an https URL without fragment; http only on this machine.
  if (typeof resource === "string" && isSafeUrl(resource) && !resource.includes("#")) return new URL(resource).origin;
  const problem = `is ${JSON.stringify(resource)}; it must be an https URL without user name and fragment (http only on this machine itself)`;
  throw toOptionError("resource", problem);
}

const forwardingHeaders: readonly ForwardingHeader[] = ["x-forwarded-proto", "x-forwarded-host", "x-forwarded-port"];

/** The trusted proxies. Throws `ConfigError`. */
export function requireProxy(option: GuardOptions["trustProxy"]): ProxyPolicy | undefined {
  if (option === undefined || option === false) return undefined;
  const given: TrustProxyOptions = option === true ? {} : option;
  requireOptions("trustProxy", given);
  const { addresses, headers = forwardingHeaders } = given;
  const known: readonly string[] = [...forwardingHeaders, "forwarded"];
  if (!Array.isArray(headers) || !headers.every((name) => known.includes(name))) {
    throw toOptionError("trustProxy.headers", `must list names among ${known.join(", ")}`);
  }
  // A proxy that sets one of them passes on the client's own value of the other (RFC 7239 §8.1).
  if (headers.includes("forwarded") && headers.length > 1) {
    throw toOptionError("trustProxy.headers", "lists forwarded beside others");
  }
  if (addresses === undefined) return { headers: new Set(headers), trusts: () => true };
  try {
    if (!Array.isArray(addresses) || addresses.length === 0) throw new TypeError("must be a non-empty list");
    return { headers: new Set(headers), trusts: createAddressMatcher(addresses) };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw toOptionError("trustProxy.addresses", cause.message, { cause });
  }
}
