// The guard: whose tokens this API accepts. Issuer and audience are in the environment.
import { type AccessTokenClaims, createGuard, type Guard, type GuardOptions } from "gatewarden";

/** Tests give other options. Throws `ConfigError`. */
export function createApiGuard(options: GuardOptions<AccessTokenClaims> = {}): Guard {
  return createGuard(options);
}
