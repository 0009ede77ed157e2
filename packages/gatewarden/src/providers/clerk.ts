// Clerk: session tokens (version 2). They name the origin that they were issued for, and an
// audience only if the template adds one.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, host, optional, requireArguments, requireOneOf, texts } from "./_arguments.js";

/** A Clerk instance. */
export interface ClerkArguments {
  /** The instance's Frontend API host. */
  readonly domain: string;
  /** The origins of your own frontends. Tokens must name one of them in `azp`. */
  readonly authorizedParties?: string | readonly string[];
  /** This API's identifier, if a customized session token or a JWT template writes it as `aud`. */
  readonly audience?: string | readonly string[];
}

const known: Arguments<ClerkArguments> = {
  domain: host('"clerk.acme.com"'),
  authorizedParties: optional(texts("an origin, or a list", '"https://app.acme.com"')),
  audience: optional(audience),
};

/**
 * The issuer options of a Clerk instance. The role in the active organization is `o.rol`, the
 * organization `o.id`. Throws `ConfigError`.
 */
export function clerk(given: ClerkArguments): IssuerOptions {
  requireArguments("clerk", given, known);
  requireOneOf("clerk", given, ["authorizedParties", "audience"], known);
  const { domain, authorizedParties: clientId, audience = false } = given;
  return {
    issuer: `https://${domain}`,
    audience,
    ...(clientId !== undefined && { clientId }),
    claimNames: { roles: ["o", "rol"], organization: ["o", "id"] },
    claimFormats: { roles: "text" },
  };
}
