// Where one issuer's metadata and keys may be fetched from, beyond what holds for all URLs.
import { reachOf } from "./address.js";
import { isSafeUrl } from "./url.js";

/** Bounds of the places. Without any, each safe URL is one. */
export interface PlaceRules {
  /** `host` or `host:port`, exactly as `URL` writes it. */
  readonly hosts?: readonly string[] | undefined;
  /** Hosts that may be asked over http too, in the same spelling. */
  readonly httpHosts?: readonly string[] | undefined;
  /** Whether addresses of this machine and of private networks are none. */
  readonly isPublicOnly?: boolean | undefined;
}

/** The end of a sentence about a URL that is no https URL. */
export const notSafe =
  "must be an https URL (http only on this machine itself, or at a host that insecureHttpHosts lists)";

/**
 * What speaks against fetching from there, as the end of a sentence; undefined where nothing does. `source` is the document that named the
 * place, if the developer did not.
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
  // What tenants enter must not make this server ask its own network (CWE-918).
  if (isPublicOnly && reach !== "public") {
    return `is at ${host}, on this machine or a private network, which needs allowPrivateNetwork`;
  }
  // A document from elsewhere means its own machine, or an attack on this one (CWE-918).
  const isFromElsewhere = source !== undefined && reachOf(new URL(source).hostname) !== "machine";
  return reach === "machine" && isFromElsewhere ? `is at ${host}, on this machine, but was named elsewhere` : undefined;
}
