// Where one issuer's metadata and keys may be fetched from, beyond the rules for all URLs.
import { reachOf } from "./address.js";
import { isSafeUrl } from "./url.js";

/** Restrictions on URLs. Without any, every safe URL is allowed. */
export interface PlaceRules {
  /** `host` or `host:port`, exactly as `URL` writes it. */
  readonly hosts?: readonly string[] | undefined;
  /** Hosts that may also be contacted over http, in the same form. */
  readonly httpHosts?: readonly string[] | undefined;
  /** Whether addresses of this machine and of private networks are forbidden. */
  readonly isPublicOnly?: boolean | undefined;
}

/** The end of a sentence about a URL that is not an https URL. */
export const notSafe =
  "must be an https URL (http only on this machine itself, or at a host that insecureHttpHosts lists)";

/**
 * Why nothing may be fetched from the URL, as the end of a sentence; undefined where it is allowed.
 * `source` is the URL of the document that contains it, if it is not from the developer.
 */
export function checkPlace(
  url: string,
  { hosts, httpHosts, isPublicOnly }: PlaceRules = {},
  source?: string,
): string | undefined {
  if (!isSafeUrl(url, httpHosts)) return notSafe;
  const { host, hostname } = new URL(url);
  if (hosts !== undefined && !hosts.includes(host)) return `is at ${host}, which allowedHosts does not list`;
  const reach = reachOf(hostname);
  // URLs that tenants enter must not make this server contact its own network (CWE-918).
  if (isPublicOnly && reach !== "public") {
    return `is at ${host}, on this machine or a private network, which needs allowPrivateNetwork`;
  }
  // A loopback URL in a document from elsewhere means that machine, or attacks this one (CWE-918).
  const isFromElsewhere = source !== undefined && reachOf(new URL(source).hostname) !== "machine";
  return reach === "machine" && isFromElsewhere ? `is at ${host}, on this machine, but was named elsewhere` : undefined;
}
