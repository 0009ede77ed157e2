// The tenant's own API: the management of its signals (Shared Signals Framework 1.0 §7). Clients get
// tokens for it as for any other.
import type { Api, TenantConfig } from "./model.js";

/** The scopes of the CAEP interoperability profile 1.0 §2.7.2. */
export const signalScopes: readonly string[] = ["ssf.manage", "ssf.read"];

/** The audience of tokens that manage streams. */
export function toSignalsAudience(issuer: string): string {
  return new URL("/ssf", issuer).href;
}

/**
 * The configuration with which the provider works: the developer's APIs, then the tenant's own. The
 * lists are copies, since those of a running tenant change.
 */
export function withSignalsApi(config: TenantConfig, issuer: string): TenantConfig {
  const own: Api = {
    audience: toSignalsAudience(issuer),
    name: "Signals of this tenant",
    permissions: signalScopes,
    rbac: true,
    permissionsInAccessToken: true,
    // Short-lived: CAEP interoperability profile §2.7.1.
    tokenLifetime: 3600,
    signingAlgorithm: "RS256",
    emailInAccessToken: false,
    sidInAccessToken: false,
  };
  const [first, ...others] = config.personas;
  return { ...config, apis: [...config.apis, own], personas: [first, ...others], clients: [...config.clients] };
}

/** The APIs that the developer wrote: messages list these, whose names can be wrong. */
export function withoutSignalsApi({ apis }: TenantConfig): readonly Api[] {
  return apis.slice(0, -1);
}
