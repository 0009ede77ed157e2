// Cloudflare Access: the application token, which arrives in its own header.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, requireArguments, text } from "./_arguments.js";

/** An application behind Access. */
export interface CloudflareAccessArguments {
  /** The team's name: `acme` of `acme.cloudflareaccess.com`. */
  readonly team: string;
  /** The application's AUD tag. */
  readonly audience: string | readonly string[];
}

const known: Arguments<CloudflareAccessArguments> = {
  team: text(/^[a-z\d][a-z\d-]*$/, "the team's name, in front of .cloudflareaccess.com", '"acme"'),
  audience: { ...audience, example: '"32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228"' },
};

/**
 * The issuer options of an application behind Access.
 * `tokenFrom: { header: tokenHeaders.cloudflareAccess }` reads its tokens. Throws `ConfigError`.
 */
export function cloudflareAccess(given: CloudflareAccessArguments): IssuerOptions {
  requireArguments("cloudflareAccess", given, known);
  const issuer = `https://${given.team}.cloudflareaccess.com`;
  return { issuer, audience: given.audience, keys: { jwksUri: `${issuer}/cdn-cgi/access/certs` } };
}
