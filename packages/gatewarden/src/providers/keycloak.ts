// Keycloak: access tokens of one realm.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, baseUrl, optional, requireArguments, text, trimSlash } from "./_arguments.js";

/** A realm. */
export interface KeycloakArguments {
  /** The public address of the server, as seen by browsers; with `/auth` until version 16. */
  readonly url: string;
  readonly realm: string;
  /** The audience that an Audience mapper of the client's scopes writes into tokens. */
  readonly audience: string | readonly string[];
  /** The client whose client roles count. Default: realm roles. */
  readonly rolesOf?: string;
  /** The address at which this API reaches the server, if it differs. */
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
 * The issuer options of a Keycloak realm. Scopes are read from `scope`, roles from
 * `realm_access.roles` or from one client. Throws `ConfigError`.
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
