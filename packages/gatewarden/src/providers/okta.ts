// Okta: access tokens of a custom authorization server. Those of the org authorization server are
// only for Okta.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, host, optional, requireArguments, text } from "./_arguments.js";

/** A custom authorization server of an Okta org. */
export interface OktaArguments {
  /** The org's domain, or its custom domain. */
  readonly domain: string;
  /** Security → API → Authorization Servers → Audience. */
  readonly audience: string | readonly string[];
  /** The authorization server's id. Default `default`. */
  readonly authorizationServer?: string;
}

const known: Arguments<OktaArguments> = {
  domain: host('"acme.okta.com"'),
  audience: { ...audience, example: '"api://default"' },
  authorizationServer: optional(text(/^\w+$/, "the id of a custom authorization server", '"default"')),
};

/**
 * The issuer options of an Okta authorization server. Scopes are read from `scp`, as a list; groups
 * count as roles. Throws `ConfigError`.
 */
export function okta(given: OktaArguments): IssuerOptions {
  requireArguments("okta", given, known);
  const { domain, audience, authorizationServer = "default" } = given;
  return {
    issuer: `https://${domain}/oauth2/${authorizationServer}`,
    audience,
    claimNames: { scope: "scp", roles: "groups" },
    claimFormats: { scope: "list" },
  };
}
