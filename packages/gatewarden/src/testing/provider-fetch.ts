// The issuer's metadata, key set and token endpoint, served in this process to a guard that
// discovers its keys, and to the clients of `gatewarden/exchange`.
import type { JsonWebKeySet } from "./key-ring.js";

/** What is served. */
export interface ServedProvider {
  /** Exact `iss`. */
  readonly url: string;
  readonly jwks: () => JsonWebKeySet;
  /** Answers a request to the token endpoint. */
  readonly token: (init: RequestInit) => Response;
  /** Whether the provider is reachable. */
  readonly isReachable: () => boolean;
}

/** A `fetch` for the guard's option, or to replace the global one. */
export type ProviderFetch = (input: string | URL | { readonly url: string }, init?: unknown) => Promise<Response>;

/**
 * A `fetch` that serves only this issuer: metadata (OpenID Connect Discovery §4, RFC 8414 §3), key
 * set and token endpoint. Rejects for any other URL, so that no test accesses the internet by
 * accident.
 */
export function createProviderFetch({ url, jwks, token, isReachable }: ServedProvider): ProviderFetch {
  const { origin, pathname } = new URL(isProviderUrl(url) ? url : keysOrigin);
  const path = pathname.replace(/\/$/, "");
  const jwksUri = toKeysUrl(url);
  const tokenEndpoint = `${origin}${path}/oauth/token`;
  const places = { jwks_uri: jwksUri, token_endpoint: tokenEndpoint };
  const metadata = { issuer: url, ...places, response_types_supported: [] };
  const documents: Readonly<Record<string, () => object>> = {
    [`${origin}${path}/.well-known/openid-configuration`]: () => metadata,
    [`${origin}/.well-known/oauth-authorization-server${path}`]: () => metadata,
    [jwksUri]: jwks,
  };
  return async (input, init) => {
    const asked = typeof input === "object" && "url" in input ? input.url : new URL(input).href;
    if (!isReachable()) throw unreachable(asked);
    if (new URL(asked).origin !== origin) {
      throw new TypeError(`${asked} was fetched from a test issuer, which serves only ${origin}`);
    }
    const request = (init ?? {}) as RequestInit;
    if (asked === tokenEndpoint && request.method === "POST") return token(request);
    const document = Object.hasOwn(documents, asked) ? documents[asked] : undefined;
    return document ? Response.json(document()) : Response.json({ error: "not_found" }, { status: 404 });
  };
}

/** Where the keys are of an issuer whose name is no address. */
const keysOrigin = "https://issuer.test";

/** Whether an issuer's metadata are found by its name. */
export function isProviderUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || (protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname));
}

/** Where `createProviderFetch` serves the keys. */
export function toKeysUrl(url: string): string {
  const { origin, pathname } = new URL(isProviderUrl(url) ? url : keysOrigin);
  return `${origin}${pathname.replace(/\/$/, "")}/.well-known/jwks.json`;
}

/** What `fetch` rejects with when no server listens. */
export function unreachable(url: string): TypeError {
  const cause = Object.assign(new Error(`connect ECONNREFUSED ${url}`), { code: "ECONNREFUSED" });
  return new TypeError("fetch failed", { cause });
}
