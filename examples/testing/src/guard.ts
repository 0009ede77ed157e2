// The guard of this API. Its options are those of production; tests lay a test issuer over them, and everything else stays demanded.
import { type AccessTokenClaims, createGuard, type Guard, type GuardOptions } from "gatewarden";

/** Issuer and audience come from the environment (`AUTH0_DOMAIN`, `AUTH0_AUDIENCE`) unless they are given. Throws `ConfigError`. */
export function createApiGuard(overrides: GuardOptions<AccessTokenClaims> = {}): Guard {
  return createGuard({ realm: "orders", clockTolerance: 10, dpop: { mode: "allowed" }, ...overrides });
}
