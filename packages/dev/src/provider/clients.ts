// The configured applications as the provider's clients, and where their logins may redirect to.
import type Provider from "oidc-provider";
import type { ClientMetadata, JWK } from "oidc-provider";
import type { Client, TenantConfig } from "../config/model.js";
import { isLoopbackUrl } from "../loopback.js";
import { tokenExchangeGrant } from "./token-exchange.js";

/**
 * The provider requires one redirect URI per client with logins; any other on this machine is also
 * accepted.
 */
const ANY_LOOPBACK = "http://localhost/";

export function toClientMetadata(client: Client): ClientMetadata {
  const logsIn = client.grants.includes("authorization_code");
  const redirectUris = client.redirectUris ?? [ANY_LOOPBACK];
  return {
    client_id: client.id,
    client_name: client.name,
    ...toAuthentication(client),
    grant_types: [...client.grants, ...(client.tokenExchange === undefined ? [] : [tokenExchangeGrant])],
    response_types: logsIn ? ["code"] : [],
    redirect_uris: logsIn ? redirectUris : [],
    post_logout_redirect_uris: logsIn ? redirectUris : [],
    ...(client.certificateBound && { tls_client_certificate_bound_access_tokens: true }),
    ...(client.backchannelLogoutUri !== undefined && {
      backchannel_logout_uri: client.backchannelLogoutUri,
      backchannel_logout_session_required: client.backchannelLogoutSessionRequired,
    }),
  };
}

function toAuthentication({ secret, publicKeys }: Client): Partial<ClientMetadata> {
  if (secret !== undefined) return { token_endpoint_auth_method: "client_secret_basic", client_secret: secret };
  if (publicKeys === undefined) return { token_endpoint_auth_method: "none" };
  return {
    token_endpoint_auth_method: "private_key_jwt",
    jwks: { keys: publicKeys.map((key) => ({ ...key })) as JWK[] },
  };
}

/**
 * Allows clients without configured redirect URIs to use any web address on this machine, and
 * clients that describe themselves no other one: their documents are not the developer's.
 */
export function allowLoopbackRedirects(provider: Provider, config: TenantConfig): void {
  const open = new Set(config.clients.filter((client) => client.redirectUris === undefined).map(({ id }) => id));
  const described = new Set(config.clientMetadataDocuments);
  const { prototype } = provider.Client;
  const { redirectUriAllowed, postLogoutRedirectUriAllowed } = prototype;
  prototype.redirectUriAllowed = function isAllowed(uri) {
    if (described.has(this.clientId) && !isLoopbackUrl(uri)) return false;
    return (open.has(this.clientId) && isLoopbackUrl(uri)) || redirectUriAllowed.call(this, uri);
  };
  prototype.postLogoutRedirectUriAllowed = function isAllowed(uri) {
    return (open.has(this.clientId) && isLoopbackUrl(uri)) || postLogoutRedirectUriAllowed.call(this, uri);
  };
}
