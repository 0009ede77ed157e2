// Microsoft Entra External ID (customers): external tenants have their own host.
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
 * The issuer options of an external tenant. Delegated permissions are read from `scp`, app roles
 * from `roles`. Throws `ConfigError`.
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
