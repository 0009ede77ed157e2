// Auth0's `audience` parameter on top of the provider's resource indicators (RFC 8707).
import type { Client, KoaContextWithOIDC, ResourceServer } from "oidc-provider";
import type { Api, TenantConfig } from "../config/model.js";
import { signalScopes, withoutSignalsApi } from "../config/signals-api.js";
import { grantablePermissions, identityScopes } from "../permissions.js";
import type { OidcModule } from "./oidc-module.js";

/**
 * An audience may be any text, but a resource indicator must be an absolute URI without fragment
 * (RFC 8707 §2). Other audiences are encoded as a URN inside the provider.
 */
export function toResourceIndicator(audience: string): string {
  const isIndicator = URL.canParse(audience) && !audience.includes("#");
  return isIndicator ? audience : `urn:gatewarden:audience:${encodeURIComponent(audience)}`;
}

/** The provider's callbacks for audiences. */
export interface AudienceRules {
  /** The resource for a request's `audience` parameter. */
  readonly defaultResource: (
    ctx: KoaContextWithOIDC,
    client: Client,
    oneOf?: readonly string[],
  ) => string | readonly string[] | undefined;
  /** The token format and allowed scopes of a resource. */
  readonly getResourceServerInfo: (ctx: KoaContextWithOIDC, indicator: string, client: Client) => ResourceServer;
}

export function createAudienceRules(config: TenantConfig, { errors }: OidcModule): AudienceRules {
  const known = withoutSignalsApi(config)
    .map((api) => api.audience)
    .join(", ");
  const unknown = (audience: string): string => `Service not found: ${audience} (this tenant has: ${known})`;
  const findApi = (indicator: string): Api | undefined =>
    config.apis.find((api) => toResourceIndicator(api.audience) === indicator);
  return {
    defaultResource: (ctx, _client, oneOf) => {
      if (oneOf !== undefined) return oneOf;
      const audience = ctx.oidc.params?.["audience"] ?? ctx.oidc.body?.["audience"];
      if (audience === undefined || audience === "") return toOwnResource(ctx, config);
      if (typeof audience !== "string") throw new errors.InvalidRequest("audience must not be sent twice");
      const indicator = toResourceIndicator(audience);
      if (findApi(indicator) === undefined) throw new errors.AccessDenied(unknown(audience));
      return indicator;
    },
    getResourceServerInfo: (ctx, indicator, client) => {
      const api = findApi(indicator);
      if (api === undefined) throw new errors.InvalidTarget(unknown(indicator));
      const permissions = permissionsInReach(ctx, api, client, config);
      applyDefaultScope(ctx, permissions);
      return toResourceServer(api, permissions);
    },
  };
}

/**
 * A receiver of signals may ask by scope alone, as the CAEP interoperability profile §2.7.2 has it: the
 * scopes of the tenant's own API are no other's.
 */
function toOwnResource({ oidc }: KoaContextWithOIDC, config: TenantConfig): string | undefined {
  const { scope, grant_type } = { ...oidc.params, ...oidc.body };
  if (grant_type !== "client_credentials" || typeof scope !== "string") return undefined;
  const isOwn = scope.split(" ").every((name) => signalScopes.includes(name));
  return isOwn ? config.apis.at(-1)?.audience : undefined;
}

/** The provider's token settings for an API. */
export function toResourceServer(api: Api, permissions: readonly string[]): ResourceServer {
  return {
    audience: api.audience,
    scope: [...identityScopes, ...permissions].join(" "),
    accessTokenTTL: api.tokenLifetime,
    accessTokenFormat: "jwt",
    jwt: { sign: { alg: api.signingAlgorithm } },
  };
}

/**
 * At the authorization endpoint the user is not known yet, so all permissions are allowed; at the
 * token endpoint RBAC decides.
 */
function permissionsInReach(
  ctx: KoaContextWithOIDC,
  api: Api,
  client: Client,
  config: TenantConfig,
): readonly string[] {
  if (ctx.oidc.params?.["grant_type"] === "client_credentials") {
    const machine = config.clients.find(({ id }) => id === client.clientId);
    return api.permissions.filter((permission) => machine?.permissions.includes(permission));
  }
  const persona = config.personas.find(({ subject }) => subject === ctx.oidc.entities.Account?.accountId);
  const isIssuing = ctx.oidc.route === "token";
  return isIssuing && persona !== undefined ? grantablePermissions(api, persona.permissions) : api.permissions;
}

/**
 * As at Auth0, a request without scope gets all allowed scopes. The provider requires at least one.
 */
function applyDefaultScope({ oidc }: KoaContextWithOIDC, permissions: readonly string[]): void {
  if (oidc.params === undefined || oidc.params["scope"] !== undefined) return;
  if (oidc.route === "token" && oidc.params["grant_type"] !== "client_credentials") return;
  const isMachine = oidc.route === "token";
  oidc.params["scope"] = permissions.join(" ") || (isMachine ? undefined : "openid");
}
