// Microsoft Entra External ID (customers): external tenants have a host of their own.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, requireArguments, tenantId } from "./_arguments.js";

/** An external tenant. */
export interface EntraExternalArguments {
  /** The external tenant's id. */
  readonly tenant: string;
  /** The API's application id. */
  readonly audience: string | readonly string[];
}

const known: Arguments<EntraExternalArguments> = {
  tenant: tenantId,
  audience: { ...audience, example: '"6e74172b-be56-4843-9ff4-e66a39bb12e3"' },
};

/**
 * The terms of an external tenant. Delegated permissions stand in `scp`, app roles in `roles`.
 * Throws `ConfigError`.
 */
export function entraExternal(given: EntraExternalArguments): IssuerOptions {
  requireArguments("entraExternal", given, known);
  const { tenant, audience } = given;
  return {
    issuer: `https://${tenant}.ciamlogin.com/${tenant}/v2.0`,
    audience,
    claimNames: { scope: "scp", organization: "tid" },
  };
}
