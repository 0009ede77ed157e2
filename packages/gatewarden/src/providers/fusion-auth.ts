// FusionAuth: access tokens of one application. The issuer is a free text of the tenant.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, baseUrl, requireArguments, text, trimSlash } from "./_arguments.js";

/** A tenant of a FusionAuth server. */
export interface FusionAuthArguments {
  /** The address of the server. */
  readonly url: string;
  /** Tenants → General → Issuer: often a host name without https. */
  readonly issuer: string;
  /**
   * The application's id, which is also its client id. For tokens between services, the target
   * entity's id.
   */
  readonly audience: string | readonly string[];
}

const known: Arguments<FusionAuthArguments> = {
  url: baseUrl('"https://auth.acme.com"'),
  issuer: text(/^\S+$/, "the tenant's issuer", '"acme.com"'),
  audience: { ...audience, example: '"e9fdb985-9173-4e01-9d73-ac2d60d1dc8e"' },
};

/**
 * The issuer options of a FusionAuth tenant: `roles`, `permissions` of entities, the tenant (`tid`)
 * as organization. Throws `ConfigError`.
 */
export function fusionAuth(given: FusionAuthArguments): IssuerOptions {
  requireArguments("fusionAuth", given, known);
  const { url, issuer, audience } = given;
  return {
    issuer,
    audience,
    keys: { jwksUri: `${trimSlash(url)}/.well-known/jwks.json` },
    claimNames: { organization: "tid" },
  };
}
