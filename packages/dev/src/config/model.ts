// The types of a tenant's configuration: as people write it (`*Input`), and as the code reads it
// (complete).
import type { SigningAlgorithm } from "./algorithms.js";

/**
 * The format of access tokens: RFC 9068 (`typ: at+jwt`, `client_id`), or Auth0's default (`typ:
 * JWT`, `azp`, `gty`).
 */
export type TokenDialect = "rfc9068" | "auth0";

/** A grant type with which an application may request tokens. */
export type GrantType = "authorization_code" | "refresh_token" | "client_credentials";

/** An API that tokens are issued for. */
export interface ApiInput {
  /**
   * The API's identifier: clients send it as `audience`, and tokens contain it as `aud`. Any text;
   * need not be a URL.
   */
  readonly audience: string;
  readonly name?: string | undefined;
  /** Every permission that this API defines. Default: none. */
  readonly permissions?: readonly string[] | undefined;
  /**
   * On (the default): tokens contain `permissions`, and scopes are limited to what the persona has.
   * Off: neither. It is Auth0's "Enable RBAC".
   */
  readonly rbac?: boolean | undefined;
  /**
   * Whether tokens contain `permissions`, as Auth0's "Add Permissions in the Access Token" says. Off:
   * with `rbac`, scopes are still limited. Default: as `rbac`. On without `rbac` is refused.
   */
  readonly permissionsInAccessToken?: boolean | undefined;
  /** Lifetime of an access token in seconds. Default: 86400, one day. */
  readonly tokenLifetime?: number | undefined;
  /** Default: RS256. */
  readonly signingAlgorithm?: SigningAlgorithm | undefined;
  /** Also put a plain `email` claim into access tokens. Default: false. */
  readonly emailInAccessToken?: boolean | undefined;
  /**
   * Also put `sid`, the login's session, into access tokens and ID tokens, so that a log-out can
   * revoke by `sid`. The samples of Auth0's access token profiles have none. Default: false.
   */
  readonly sidInAccessToken?: boolean | undefined;
}

/** A user to log in as. The key in `personas` is the short name: `alice`. */
export interface PersonaInput {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly emailVerified?: boolean | undefined;
  /** The `sub` claim. Default: `auth0|<short name>`. */
  readonly subject?: string | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly permissions?: readonly string[] | undefined;
  /** The `org_id` claim. Default: none. */
  readonly organization?: string | undefined;
  /** Additional claims for access and ID tokens; name custom ones as URLs, as Auth0 does. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * An application. The key in `clients` is its client id. With a `secret` it is confidential,
 * without one it is public.
 */
export interface ClientInput {
  readonly name?: string | undefined;
  readonly secret?: string | undefined;
  /**
   * Public keys (JWK) of a client that signs assertions instead of sending a secret:
   * `private_key_jwt`. Default: none.
   */
  readonly publicKeys?: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** Default: code and refresh for a public client, client credentials for a confidential one. */
  readonly grants?: readonly GrantType[] | undefined;
  /** Permissions of this client's own tokens (client credentials). Default: none. */
  readonly permissions?: readonly string[] | undefined;
  /** Where logins may redirect to. Default: any web address on this machine. */
  readonly redirectUris?: readonly string[] | undefined;
  /**
   * Bind its tokens to its TLS certificate (RFC 8705 §3), which it must then present. Requires the
   * tenant's `https`. Default: false.
   */
  readonly certificateBound?: boolean | undefined;
  /**
   * Where the tenant says that a person was logged out (OpenID Connect Back-Channel Logout §2.2): a
   * web address on this machine, or https. Default: none.
   */
  readonly backchannelLogoutUri?: string | undefined;
  /**
   * Logout tokens and ID tokens have the session's `sid` (§2.2). Without it, a logout token has
   * `sub` alone. Default: false.
   */
  readonly backchannelLogoutSessionRequired?: boolean | undefined;
  /**
   * The audience of the API that this client is. It may then exchange tokens for that API for tokens
   * of the next one (RFC 8693). Requires a secret or public keys. Default: none.
   */
  readonly tokenExchange?: string | undefined;
}

/**
 * A tenant's configuration as written in `gatewarden.dev.json` or passed to `createTenant`. All
 * parts are optional.
 */
export interface TenantConfigInput {
  readonly tokenDialect?: TokenDialect | undefined;
  /** Prefix of the custom claims `…roles` and `…email`. Default: `https://gatewarden.local/`. */
  readonly claimNamespace?: string | undefined;
  /** Replaces the default API. The first one is the default audience of tokens. */
  readonly apis?: readonly ApiInput[] | undefined;
  /** Replaces the default personas. */
  readonly personas?: Readonly<Record<string, PersonaInput>> | undefined;
  /** Replaces the default clients. */
  readonly clients?: Readonly<Record<string, ClientInput>> | undefined;
  /**
   * Client ids of clients that describe themselves: the https addresses of their metadata documents
   * (CIMD), which the tenant fetches. Logins return to this machine only. Default: none, and the
   * tenant fetches nothing.
   */
  readonly clientMetadataDocuments?: readonly string[] | undefined;
}

export interface Api {
  readonly audience: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly rbac: boolean;
  readonly permissionsInAccessToken: boolean;
  readonly tokenLifetime: number;
  readonly signingAlgorithm: SigningAlgorithm;
  readonly emailInAccessToken: boolean;
  readonly sidInAccessToken: boolean;
}

export interface Persona {
  readonly id: string;
  readonly subject: string;
  readonly name: string;
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly organization: string | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface Client {
  readonly id: string;
  readonly name: string;
  readonly secret: string | undefined;
  readonly publicKeys: readonly Readonly<Record<string, unknown>>[] | undefined;
  readonly grants: readonly GrantType[];
  readonly permissions: readonly string[];
  readonly redirectUris: readonly string[] | undefined;
  readonly certificateBound: boolean;
  readonly backchannelLogoutUri: string | undefined;
  readonly backchannelLogoutSessionRequired: boolean;
  readonly tokenExchange: string | undefined;
}

/** A complete configuration: defaults applied, checked, nothing optional. */
export interface TenantConfig {
  readonly tokenDialect: TokenDialect;
  readonly claimNamespace: string;
  readonly apis: readonly [Api, ...Api[]];
  readonly personas: readonly [Persona, ...Persona[]];
  readonly clients: readonly Client[];
  readonly clientMetadataDocuments: readonly string[];
}
