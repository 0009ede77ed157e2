// Duende IdentityServer: access tokens of an ApiResource, with the scope as text or, from older
// versions, as a list.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, baseUrl, requireArguments, trimSlash } from "./_arguments.js";

/** A server. */
export interface DuendeArguments {
  /** The address of the server, which is its issuer unless `IssuerUri` is set. */
  readonly url: string;
  /** The name of the ApiResource. */
  readonly audience: string | readonly string[];
}

const known: Arguments<DuendeArguments> = {
  url: baseUrl('"https://identity.acme.com"'),
  audience: { ...audience, example: '"orders"' },
};

/**
 * The issuer options of a Duende IdentityServer. Roles are read from `role`, as a list or as text.
 * Throws `ConfigError`.
 */
export function duende(given: DuendeArguments): IssuerOptions {
  requireArguments("duende", given, known);
  return {
    issuer: trimSlash(given.url),
    audience: given.audience,
    claimNames: { roles: "role" },
    claimFormats: { scope: "list", roles: "text" },
  };
}
