// Azure AD B2C: each policy has metadata of its own, while all of them issue as the tenant.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, host, oneOf, optional, requireArguments, tenantId, text } from "./_arguments.js";

/** A policy of a B2C tenant. */
export interface B2cArguments {
  /** The tenant's name: `contoso` of `contoso.onmicrosoft.com`. */
  readonly tenant: string;
  /** The tenant's id. */
  readonly tenantId: string;
  /** The user flow or custom policy that clients log in with. */
  readonly policy: string;
  /** The API's application id. */
  readonly audience: string | readonly string[];
  /** A custom domain that clients log in at. Default `<tenant>.b2clogin.com`. */
  readonly domain?: string;
  /**
   * The Issuer (iss) claim among the policy's token compatibility settings: with the policy in it
   * (`tfp`), or without. Default `tenant`.
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
 * The terms of a B2C tenant, with the keys of one policy. Scopes stand in `scp`. Throws
 * `ConfigError`.
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
