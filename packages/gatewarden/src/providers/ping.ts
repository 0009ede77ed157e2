// PingOne: access tokens for a custom resource.
import type { IssuerOptions } from "../configuration/options.js";
import {
  type Arguments,
  audience,
  host,
  oneOf,
  optional,
  requireArguments,
  requireAtMostOne,
  tenantId,
} from "./_arguments.js";

/** An environment of PingOne. */
export interface PingArguments {
  readonly environmentId: string;
  /** The custom resource's audience. */
  readonly audience: string | readonly string[];
  /** The top-level domain of the region. Default `com`. */
  readonly region?: "com" | "ca" | "eu" | "asia" | "com.au" | "sg";
  /** A custom domain, instead of a region. */
  readonly domain?: string;
}

const known: Arguments<PingArguments> = {
  environmentId: { ...tenantId, must: "the environment's id (a UUID in lower case)" },
  audience,
  region: optional(oneOf("com", "ca", "eu", "asia", "com.au", "sg")),
  domain: optional(host('"login.acme.com"')),
};

/**
 * The issuer options of a PingOne environment. Scopes are read from `scope`. Throws `ConfigError`.
 */
export function ping(given: PingArguments): IssuerOptions {
  requireArguments("ping", given, known);
  requireAtMostOne("ping", given, ["region", "domain"]);
  const { environmentId, audience, region = "com", domain } = given;
  const issuer = domain === undefined ? `https://auth.pingone.${region}/${environmentId}/as` : `https://${domain}/as`;
  return { issuer, audience };
}
