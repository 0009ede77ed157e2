// AD FS: access tokens name another issuer than its metadata does, and it is not an https URL
// (`access_token_issuer`).
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, host, optional, requireArguments, text } from "./_arguments.js";

/** A federation service. */
export interface AdfsArguments {
  /** The federation service's host. */
  readonly host: string;
  /** The Web API's identifier (relying party identifier). */
  readonly audience: string | readonly string[];
  /** `access_token_issuer` in the metadata, if it is not `http://<host>/adfs/services/trust`. */
  readonly issuer?: string;
}

const known: Arguments<AdfsArguments> = {
  host: host('"adfs.acme.com"'),
  audience,
  issuer: optional(
    text(/^\S+$/, "the access_token_issuer of the metadata", '"http://adfs.acme.com/adfs/services/trust"'),
  ),
};

/** The issuer options of a federation service. Scopes are read from `scp`. Throws `ConfigError`. */
export function adfs(given: AdfsArguments): IssuerOptions {
  requireArguments("adfs", given, known);
  const { host, audience, issuer = `http://${host}/adfs/services/trust` } = given;
  return {
    issuer,
    audience,
    discoveryUrl: `https://${host}/adfs/.well-known/openid-configuration`,
    claimNames: { scope: "scp" },
  };
}
