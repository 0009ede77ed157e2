// The claims of an access token beyond the standard ones, and how each dialect names them.
import type { AccessToken, ClientCredentials, JWTStructured, KoaContextWithOIDC, UnknownObject } from "oidc-provider";
import type { Api, Client, Persona, TenantConfig } from "../config/model.js";
import { permissionsFor } from "../permissions.js";

/** Per-token changes to the configuration, as `token()` requested them. */
export interface TokenOverrides {
  readonly permissions?: readonly string[] | undefined;
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}

export type IssuableToken = AccessToken | ClientCredentials;

/**
 * The claims that the configuration adds to a token for one of the tenant's APIs; none for opaque
 * tokens.
 */
export function toExtraClaims(
  config: TenantConfig,
  token: IssuableToken,
  overrides: TokenOverrides = {},
): UnknownObject | undefined {
  const api = config.apis.find(({ audience }) => audience === token.aud);
  if (api === undefined) return overrides.claims;
  const holder = findHolder(config, token);
  const permissions = overrides.permissions ?? permissionsFor(api, holder?.permissions ?? []);
  const sid = api.sidInAccessToken && token.kind === "AccessToken" ? token.sid : undefined;
  return {
    ...(sid !== undefined && { sid }),
    ...(holder !== undefined && "subject" in holder ? personaClaims(config, api, holder) : undefined),
    ...(api.permissionsInAccessToken ? { permissions } : undefined),
    ...overrides.claims,
  };
}

/**
 * When and how the person logged in (RFC 9068 §2.2.1), which step-up asks for (RFC 9470). Undefined
 * for a token without a login.
 */
export function toLoginClaims(ctx: KoaContextWithOIDC | undefined): UnknownObject | undefined {
  const { AuthorizationCode: code, RefreshToken: refresh } = ctx?.oidc.entities ?? {};
  const { authTime, acr, amr } = refresh ?? code ?? {};
  if (authTime === undefined) return undefined;
  return { auth_time: authTime, ...(acr === undefined ? undefined : { acr }), ...(amr && { amr }) };
}

function findHolder(config: TenantConfig, token: IssuableToken): Persona | Client | undefined {
  if (token.kind === "ClientCredentials") return config.clients.find(({ id }) => id === token.clientId);
  return config.personas.find(({ subject }) => subject === token.accountId);
}

function personaClaims(config: TenantConfig, api: Api, persona: Persona): UnknownObject {
  return {
    ...customClaims(config, persona),
    ...(api.emailInAccessToken && persona.email !== undefined ? { email: persona.email } : undefined),
  };
}

/** A persona's claims in both access and ID tokens. */
export function customClaims({ claimNamespace }: TenantConfig, persona: Persona): UnknownObject {
  return {
    ...(persona.roles.length > 0 ? { [`${claimNamespace}roles`]: persona.roles } : undefined),
    ...(persona.email === undefined ? undefined : { [`${claimNamespace}email`]: persona.email }),
    ...(persona.organization === undefined ? undefined : { org_id: persona.organization }),
    ...persona.claims,
  };
}

/**
 * Changes a token before it is signed: adds userinfo to `aud`, and uses Auth0's claim names where
 * configured.
 */
export function applyDialect(config: TenantConfig, token: IssuableToken, jwt: JWTStructured, userinfo: string): void {
  const { payload } = jwt;
  const isMachine = token.kind === "ClientCredentials";
  if (!isMachine && token.scopes.has("openid")) payload["aud"] = [payload["aud"], userinfo];
  if (config.tokenDialect !== "auth0") return;
  jwt.header = { ...jwt.header, typ: "JWT" };
  payload["azp"] = payload["client_id"];
  delete payload["client_id"];
  if (!isMachine) return;
  payload["sub"] = `${token.clientId}@clients`;
  payload["gty"] = "client-credentials";
}
