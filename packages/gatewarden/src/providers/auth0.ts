// Auth0: access tokens of an API of the tenant, in Auth0's own profile or that of RFC 9068.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, host, requireArguments } from "./_arguments.js";

/** An Auth0 tenant. */
export interface Auth0Arguments {
  /**
   * The tenant's domain, region included, or its custom domain, such as `acme.eu.auth0.com`. Tokens
   * name the domain at which clients log in.
   */
  readonly domain: string;
  /** The API's Identifier, or several. */
  readonly audience: string | readonly string[];
}

const known: Arguments<Auth0Arguments> = { domain: host('"acme.eu.auth0.com"'), audience };

/**
 * The issuer options of an Auth0 tenant. Permissions are read from `permissions`, the organization
 * from `org_id`. Throws `ConfigError`.
 */
export function auth0(given: Auth0Arguments): IssuerOptions {
  requireArguments("auth0", given, known);
  return { issuer: `https://${given.domain}/`, audience: given.audience };
}
