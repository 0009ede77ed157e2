// Logto: JWT access tokens for an API resource, of a user or within an organization.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, baseUrl, requireArguments, trimSlash } from "./_arguments.js";

/** A tenant, or a server of your own. */
export interface LogtoArguments {
  /** The Logto endpoint. */
  readonly endpoint: string;
  /** The API identifier (resource indicator), which clients request as `resource`. */
  readonly audience: string | readonly string[];
}

const known: Arguments<LogtoArguments> = { endpoint: baseUrl('"https://acme.logto.app"'), audience };

/**
 * The issuer options of a Logto tenant. Permissions are read from `scope`, the organization from
 * `organization_id`. Throws `ConfigError`.
 */
export function logto(given: LogtoArguments): IssuerOptions {
  requireArguments("logto", given, known);
  return {
    issuer: `${trimSlash(given.endpoint)}/oidc`,
    audience: given.audience,
    claimNames: { organization: "organization_id" },
  };
}
