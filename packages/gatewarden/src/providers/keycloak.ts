// Keycloak: access tokens of one realm.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, baseUrl, optional, requireArguments, text, trimSlash } from "./_arguments.js";

/** A realm. */
export interface KeycloakArguments {
  /** The public address of the server, as browsers know it; with `/auth` until version 16. */
  readonly url: string;
  readonly realm: string;
  /** What an Audience mapper of the client's scopes writes into tokens. */
  readonly audience: string | readonly string[];
  /** The client whose client roles count. Default: realm roles. */
  readonly rolesOf?: string;
  /** The address at which this API reaches the server, where that is another one. */
  readonly internalUrl?: string;
}

const known: Arguments<KeycloakArguments> = {
  url: baseUrl('"https://sso.acme.com"'),
  realm: text(/^[^/?#\s]+$/, "the realm's name", '"acme"'),
  audience: { ...audience, example: '"orders-api"' },
  rolesOf: optional(text(/\S/, "the id of a client", '"orders-api"')),
  internalUrl: optional(baseUrl('"http://localhost:8080"')),
};

/**
 * The terms of a Keycloak realm. Scopes stand in `scope`, roles in `realm_access.roles`, or of one
 * client. Throws `ConfigError`.
 */
export function keycloak(given: KeycloakArguments): IssuerOptions {
  requireArguments("keycloak", given, known);
  const { url, realm, audience, rolesOf, internalUrl } = given;
  return {
    issuer: `${trimSlash(url)}/realms/${realm}`,
    audience,
    ...(internalUrl !== undefined && {
      discoveryUrl: `${trimSlash(internalUrl)}/realms/${realm}/.well-known/openid-configuration`,
    }),
    claimNames: {
      roles: rolesOf === undefined ? ["realm_access", "roles"] : ["resource_access", rolesOf, "roles"],
    },
  };
}
