// From an issuer to its metadata (OpenID Connect Discovery §4, RFC 8414 §3). The metadata must name
// exactly the issuer that was requested.
import { FetchError, type FetchedJson, type FetchSettings, fetchJson } from "../keys/fetch-json.js";
import { createMonotonicClock } from "../platform/monotonic-clock.js";
import { isObject, member } from "../token/json.js";
import { checkPlace, type PlaceRules } from "./places.js";

/** The parts of an issuer's metadata that Gatewarden uses. */
export interface IssuerMetadata {
  readonly issuer: string;
  readonly jwksUri: string;
  /** Undefined where the metadata have none, or one that must not be contacted. */
  readonly introspectionEndpoint: string | undefined;
  /** As above. */
  readonly tokenEndpoint: string | undefined;
}

/** How an issuer is discovered. */
export interface DiscoverySettings extends FetchSettings {
  /**
   * Spellings of the issuer that its metadata may confirm: one, or two that differ in the last
   * slash where the developer gave a base URL.
   */
  readonly issuers: readonly [string, ...string[]];
  /** URL of the metadata, if not at the issuer's well-known places. */
  readonly discoveryUrl: string | undefined;
  /** Restricts the URLs that the metadata may contain. */
  readonly places?: PlaceRules;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Loads and caches an issuer's metadata. */
export interface Discovery {
  /**
   * The metadata: cached, or fetched where there are none or they are too old. Rejects with what
   * went wrong.
   */
  load(look?: MetadataLook): Promise<IssuerMetadata>;
}

/** How old cached metadata may be, and when fetching them must be over. */
export interface MetadataLook {
  /** In seconds. Default 3,600. */
  readonly maxAge?: number;
  /** Of `performance.now()`. Default: no limit. */
  readonly endsAt?: number;
}

const usualAge = 3600;

/** Metadata that must not be trusted. Branch on `code`. */
export class MetadataError extends Error {
  override readonly name = "MetadataError";
  readonly code: "issuer_mismatch" | "jwks_uri_missing" | "jwks_uri_unusable";

  constructor(code: MetadataError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** Creates the discovery of one issuer. Fetches nothing before the first `load`. */
export function createDiscovery(settings: DiscoverySettings): Discovery {
  const clock = createMonotonicClock(settings.now);
  let known: { metadata: IssuerMetadata; since: number; isFromCache: boolean } | undefined;
  return {
    async load({ maxAge = usualAge, endsAt } = {}) {
      const now = clock.at();
      // What a cache held may be older than it seems: not good enough when its URL is in doubt.
      const isGood = known && !(known.isFromCache && maxAge < usualAge);
      if (known && isGood && now < known.since + maxAge) return known.metadata;
      try {
        known = { ...(await fetchMetadata(settings, endsAt)), since: now };
      } catch (error) {
        // Keeps old metadata when the issuer is unreachable, but not when the new metadata are
        // wrong.
        if (known === undefined || !(error instanceof FetchError)) throw error;
      }
      return known.metadata;
    },
  };
}

interface FetchedMetadata {
  readonly metadata: IssuerMetadata;
  readonly isFromCache: boolean;
}

async function fetchMetadata(settings: DiscoverySettings, endsAt: number | undefined): Promise<FetchedMetadata> {
  const places = settings.discoveryUrl === undefined ? wellKnown(settings.issuers[0]) : [settings.discoveryUrl];
  let failure: unknown;
  for (const url of places) {
    try {
      const fetched = await fetchJson(url, settings, endsAt);
      return { metadata: parseMetadata(url, fetched, settings), isFromCache: fetched.isFromCache ?? false };
    } catch (error) {
      // Tries the second place only when the first does not exist, so that an outage is reported as
      // an outage.
      if (!(error instanceof FetchError && error.status !== undefined && error.status < 500)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

/**
 * `/.well-known/openid-configuration` follows the issuer (OIDC Discovery §4); RFC 8414 §3 puts its
 * path between host and path.
 */
function wellKnown(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

function parseMetadata(url: string, { document }: FetchedJson, settings: DiscoverySettings): IssuerMetadata {
  const { issuers, places, discoveryUrl } = settings;
  const metadata = isObject(document) ? document : {};
  // AD FS names the issuer of access tokens separately ([MS-OIDCE] §3.2.5.3.1.3). Read only where
  // the developer configured the document's URL.
  const names = discoveryUrl === undefined ? ["issuer"] : ["issuer", "access_token_issuer"];
  const issuer = names.map((name) => member(metadata, name)).find((one) => isOneOf(issuers, one));
  // Metadata of another issuer would apply that issuer's keys to this one (RFC 8414 §3.3 and §6.2).
  if (issuer === undefined) {
    const says = JSON.stringify(member(metadata, "issuer"))?.slice(0, 200) ?? "nothing";
    throw new MetadataError(
      "issuer_mismatch",
      `${url} says the issuer is ${says}, but ${JSON.stringify(issuers[0])} is configured`,
    );
  }
  const jwksUri = member(metadata, "jwks_uri");
  if (typeof jwksUri !== "string") throw new MetadataError("jwks_uri_missing", `${url} names no "jwks_uri"`);
  const problem = checkPlace(jwksUri, places, url);
  if (problem !== undefined) throw new MetadataError("jwks_uri_unusable", `${url} names a "jwks_uri" that ${problem}`);
  const readEndpoint = (name: string) => {
    const endpoint = member(metadata, `${name}_endpoint`);
    return typeof endpoint === "string" && checkPlace(endpoint, places, url) === undefined ? endpoint : undefined;
  };
  return {
    issuer,
    jwksUri,
    introspectionEndpoint: readEndpoint("introspection"),
    tokenEndpoint: readEndpoint("token"),
  };
}

function isOneOf(issuers: readonly string[], value: unknown): value is string {
  return typeof value === "string" && issuers.includes(value);
}
