// Azure AD B2C: each policy has its own metadata, but all of them issue tokens as the tenant.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, host, oneOf, optional, requireArguments, tenantId, text } from "./_arguments.js";

/** A policy of a B2C tenant. */
export interface B2cArguments {
  /** The tenant's name: `contoso` of `contoso.onmicrosoft.com`. */
  readonly tenant: string;
  /** The tenant's id. */
  readonly tenantId: string;
  /** The user flow or custom policy with which clients log in. */
  readonly policy: string;
  /** The API's application id. */
  readonly audience: string | readonly string[];
  /** A custom domain at which clients log in. Default `<tenant>.b2clogin.com`. */
  readonly domain?: string;
  /**
   * The Issuer (iss) claim in the policy's token compatibility settings: with the policy (`tfp`),
   * or without. Default `tenant`.
   */
  readonly issuerFormat?: "tenant" | "tfp";
}

const known: Arguments<B2cArguments> = {
  tenant: text(/^[a-z\d][a-z\d-]*$/i, "the tenant's name, in front of .onmicrosoft.com", '"contoso"'),
  tenantId,
  policy: text(/^b2c_1a?_[\w-]+$/i, "the name of a policy", '"B2C_1_signin"'),
  audience: { ...audience, example: '"90c0fe63-bcf2-44d5-8fb7-b8bbc0b29dc6"' },
  domain: optional(host('"login.contoso.com"')),
  issuerFormat: optional(oneOf("tenant", "tfp")),
};

/**
 * The issuer options of a B2C tenant, with the keys of one policy. Scopes are read from `scp`.
 * Throws `ConfigError`.
 */
export function b2c(given: B2cArguments): IssuerOptions {
  requireArguments("b2c", given, known);
  const { tenant, tenantId, policy, audience, domain = `${tenant.toLowerCase()}.b2clogin.com`, issuerFormat } = given;
  const path = issuerFormat === "tfp" ? `tfp/${tenantId}/${policy.toLowerCase()}` : tenantId;
  return {
    issuer: `https://${domain}/${path}/v2.0/`,
    audience,
    discoveryUrl: `https://${domain}/${tenant}.onmicrosoft.com/${policy}/v2.0/.well-known/openid-configuration`,
    claimNames: { scope: "scp" },
  };
}
