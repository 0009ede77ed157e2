// The authorization server that a client speaks to: its options, and where its endpoints are.
import type { AuthorizationServer } from "oauth4webapi";
import { requireHttpHosts } from "../configuration/hosts.js";
import { ConfigError } from "../errors.js";
import { createDiscovery } from "../issuer/discovery.js";
import { checkPlace, notSafe } from "../issuer/places.js";
import { isIssuerName } from "../issuer/url.js";
import { type Fetch, globalFetch } from "../platform/fetch.js";
import type { ClientCredential } from "./client-auth.js";

/** The options that all clients of an authorization server have. */
export interface ServerOptions {
  /** Exact name of the authorization server, such as `https://login.acme.com/`. */
  readonly issuer: string;
  /** The client id of this API at the server. */
  readonly clientId: string;
  /** How the client authenticates (RFC 6749 §2.3). */
  readonly auth: ClientCredential;
  /** URL of the endpoint. Default: the one in the issuer's metadata. */
  readonly endpoint?: string;
  /** URL of the issuer's metadata, when it is not at the well-known place. */
  readonly discoveryUrl?: string;
  /**
   * Hosts that may be contacted over plain http, such as `keycloak:8080`, as the guard's option of
   * this name. The client's secret and the tokens cross that network unencrypted. Default: http on
   * this machine only.
   */
  readonly insecureHttpHosts?: readonly string[];
  /**
   * Sends requests to the server: undici's `fetch`, or a function around one. Default: the global
   * `fetch`, read at each call.
   */
  readonly fetch?: Fetch;
}

/** Which part of the options a client uses. */
export interface ServerUse {
  /** Whether the endpoint is all that is needed: given one, metadata are not fetched. */
  readonly needsOnlyEndpoint: boolean;
  /** A valid call, for error messages. */
  readonly example: string;
}

/** Throws `ConfigError`. Secrets are never part of a message. */
export function requireServerOptions(options: ServerOptions, { needsOnlyEndpoint, example }: ServerUse): void {
  const { issuer, clientId, endpoint, discoveryUrl } = options;
  const httpHosts = requireHttpHosts(options.insecureHttpHosts);
  // Where all URLs are configured, nothing is fetched from the issuer's name: it is only compared
  // (RFC 7519 §4.1.1).
  const isApart = discoveryUrl !== undefined || (endpoint !== undefined && needsOnlyEndpoint);
  const isName = isApart && typeof issuer === "string" && isIssuerName(issuer);
  const urls = Object.entries({ ...(!isName && { issuer }), endpoint, discoveryUrl });
  for (const [option, value] of urls) {
    if (value === undefined && option !== "issuer") continue;
    const problem = typeof value === "string" ? checkPlace(value, { httpHosts }) : notSafe;
    if (problem !== undefined)
      throw new ConfigError({ option, problem: `is ${JSON.stringify(value)}; it ${problem}`, example });
  }
  if (typeof clientId !== "string" || clientId === "") {
    throw new ConfigError({ option: "clientId", problem: "is empty", example });
  }
}

/**
 * Seconds. As long as the guard waits by default; the table of its options would be half of a
 * sub-path.
 */
const discoveryTimeout = 5;

/**
 * The server's metadata for oauth4webapi. Its URLs were checked: https, or http where that is
 * allowed.
 */
export function createLocator(
  options: ServerOptions,
  kind: "introspection" | "token",
  needsOnlyEndpoint: boolean,
): () => Promise<AuthorizationServer> {
  const { issuer, endpoint, discoveryUrl, fetch } = options;
  const discovery = createDiscovery({
    issuers: [issuer],
    discoveryUrl,
    places: { httpHosts: requireHttpHosts(options.insecureHttpHosts) },
    fetch: fetch ?? globalFetch,
    timeout: discoveryTimeout,
    now: () => Date.now() / 1000,
  });
  const name = `${kind}_endpoint` as const;
  let known: AuthorizationServer | undefined;
  return async () => {
    if (endpoint !== undefined && needsOnlyEndpoint) return { issuer, [name]: endpoint };
    const metadata = await discovery.load();
    const current = endpoint ?? metadata[`${kind}Endpoint`];
    if (current === undefined) throw new TypeError(`The metadata of ${issuer} name no ${name}`);
    // The same object while nothing changes: oauth4webapi caches the server's keys by it.
    if (known?.jwks_uri !== metadata.jwksUri || known[name] !== current) {
      known = { issuer, jwks_uri: metadata.jwksUri, [name]: current };
    }
    return known;
  };
}
