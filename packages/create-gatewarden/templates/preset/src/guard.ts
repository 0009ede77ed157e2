// The guard: whose tokens this API accepts.
import { type AccessTokenClaims, createGuard, type Guard, type GuardOptions } from "gatewarden";
import { auth0 } from "gatewarden/providers";

const provider: GuardOptions<AccessTokenClaims> = {
  issuer: auth0({ domain: "acme.eu.auth0.com", audience: "https://api.acme.com" }),
};

/**
 * The provider's tokens, unless the environment names another issuer, such as the local tenant.
 * Tests give other options. Throws `ConfigError`.
 */
export function createApiGuard(
  options: GuardOptions<AccessTokenClaims> = process.env["ISSUER_BASE_URL"] ? {} : provider,
): Guard {
  return createGuard(options);
}
