// Assembles the OpenID provider: Auth0's paths, the tenant's APIs, personas and clients, its keys
// and memory.
import type { EventEmitter } from "node:events";
import { TLSSocket } from "node:tls";
import type Provider from "oidc-provider";
import type { Configuration, KoaContextWithOIDC } from "oidc-provider";
import type { TenantConfig } from "../config/model.js";
import { breakClaims, withoutPermissions } from "../faults/token-faults.js";
import type { KeyRing } from "../keys/key-ring.js";
import { isLoopbackUrl } from "../loopback.js";
import { renderErrorPage, renderLoggedOutPage, renderLogoutPage } from "../pages/small-pages.js";
import type { People } from "../people/people.js";
import { pageHeaders } from "../server/respond.js";
import { createFindAccount, toScopeClaims } from "./accounts.js";
import { createAudienceRules } from "./audiences.js";
import type { BackchannelLogout } from "./backchannel-logout.js";
import { createClientDocuments, createDocumentFetch } from "./client-documents.js";
import { allowLoopbackRedirects, toClientMetadata } from "./clients.js";
import { createPolicy, loadGrant } from "./consent.js";
import type { FaultyTokens } from "./faulty-tokens.js";
import { MemoryAdapter, type MemoryStore } from "./memory-store.js";
import type { OidcModule } from "./oidc-module.js";
import { loginPath, paths } from "./paths.js";
import type { SignedTokens } from "./signed-tokens.js";
import { applyDialect, type IssuableToken, type TokenOverrides, toExtraClaims, toLoginClaims } from "./token-claims.js";
import { installTokenExchange } from "./token-exchange.js";

/** The parts that outlive one provider instance: key rotation creates a new provider with them. */
export interface ProviderParts {
  readonly oidc: OidcModule;
  readonly issuer: string;
  readonly config: TenantConfig;
  readonly keys: KeyRing;
  readonly store: MemoryStore;
  readonly signedTokens: SignedTokens;
  readonly cookieKeys: readonly string[];
  readonly overrides: WeakMap<IssuableToken, TokenOverrides>;
  readonly faultyTokens: FaultyTokens;
  readonly people: People;
  readonly backchannel: BackchannelLogout;
  readonly onError: (error: Error) => void;
}

export function createProvider(parts: ProviderParts): Provider {
  const provider = new parts.oidc.Provider(parts.issuer, {
    ...identity(parts),
    ...tokens(parts),
    ...endpoints(parts),
    features: features(parts),
  });
  allowLoopbackRedirects(provider, parts.config);
  installTokenExchange(provider, parts);
  parts.faultyTokens.install(provider);
  parts.backchannel.install(provider);
  provider.on("server_error", (_ctx, error) => parts.onError(error));
  // Koa, below the provider, reports errors here that no route has caught.
  (provider as EventEmitter).on("error", parts.onError);
  return provider;
}

function identity({ oidc, config, people }: ProviderParts): Configuration {
  return {
    clients: config.clients.map(toClientMetadata),
    findAccount: createFindAccount(config, people),
    claims: toScopeClaims(config),
    // As at Auth0, the ID token of a code flow contains the claims of the scopes, not only `sub`.
    conformIdTokenClaims: false,
    scopes: ["openid", "offline_access"],
    loadExistingGrant: loadGrant,
    interactions: {
      policy: createPolicy(oidc, config.personas),
      url: (_ctx, interaction) => loginPath(interaction.uid),
    },
  };
}

function tokens({ config, issuer, keys, signedTokens, overrides, faultyTokens }: ProviderParts): Configuration {
  const userinfo = new URL(paths.userinfo, issuer).href;
  return {
    jwks: { keys: keys.keys.map((key) => ({ ...key })) },
    extraTokenClaims: (ctx, token) => {
      const claims = { ...toLoginClaims(ctx), ...toExtraClaims(config, token, overrides.get(token)) };
      return withoutPermissions(claims, faultyTokens.of(token).get("missing-permissions"));
    },
    formats: {
      customizers: {
        jwt: async (_ctx, token, jwt) => {
          applyDialect(config, token, jwt, userinfo);
          breakClaims(faultyTokens.of(token), token, jwt.payload);
          await signedTokens.remember(token, jwt.payload);
        },
      },
    },
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    pkce: { required: () => true },
    responseTypes: ["code"],
    ttl: {
      AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? 86_400,
      ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? 86_400,
      AuthorizationCode: 60,
      IdToken: 36_000,
      RefreshToken: 2_592_000,
      Interaction: 3_600,
      Session: 259_200,
      Grant: 2_592_000,
    },
  };
}

function endpoints({ issuer, config, store, signedTokens, cookieKeys }: ProviderParts): Configuration {
  // Cookies ignore ports: two tenants on one machine must not share names.
  const port = new URL(issuer).port;
  return {
    adapter: (model: string) =>
      model === "AccessToken" || model === "ClientCredentials"
        ? signedTokens.createAdapter(store, model)
        : new MemoryAdapter(store, model),
    cookies: {
      keys: [...cookieKeys],
      names: { session: `tenant_${port}`, interaction: `tenant_${port}_login`, resume: `tenant_${port}_resume` },
    },
    routes: paths,
    clientBasedCORS: (_ctx, origin) => isLoopbackUrl(origin),
    clockTolerance: 5,
    fetch: createDocumentFetch(config.clientMetadataDocuments),
    extraParams: { audience: restoreOfflineAccess, persona: null },
    renderError: (ctx, out, error) => {
      ctx.set(pageHeaders);
      const detail = "error_detail" in error ? error.error_detail : undefined;
      ctx.body = renderErrorPage(out.error, [out.error_description, detail]);
    },
  };
}

function features({ issuer, oidc, config }: ProviderParts): Configuration["features"] {
  return {
    devInteractions: { enabled: false },
    mTLS: {
      enabled: issuer.startsWith("https:"),
      certificateBoundAccessTokens: true,
      // The certificate's issuer does not matter: the handshake has proven that the client holds
      // its key (RFC 8705 §2.2).
      getCertificate: ({ socket }) => (socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined),
    },
    clientCredentials: { enabled: true },
    registration: { enabled: true },
    clientIdMetadataDocument: createClientDocuments(config.clientMetadataDocuments),
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    introspection: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) =>
        client.tokenEndpointAuthMethod !== "none" || token.clientId === client.clientId,
    },
    // A signed answer on request (RFC 9701).
    jwtIntrospection: { enabled: true },
    resourceIndicators: { enabled: true, useGrantedResource: () => true, ...createAudienceRules(config, oidc) },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = renderLogoutPage(form, ctx.oidc.entities.IdTokenHint !== undefined);
      },
      postLogoutSuccessSource: (ctx) => {
        ctx.set(pageHeaders);
        ctx.body = renderLoggedOutPage();
      },
    },
  };
}

/**
 * The provider drops `offline_access` without `prompt=consent` (OIDC Core §11). Auth0 does not
 * require that, and consent is automatic here. Runs after the drop and before the grant.
 */
function restoreOfflineAccess({ oidc, query }: KoaContextWithOIDC): void {
  const asked = oidc.body?.["scope"] ?? query["scope"];
  const wantsOffline = typeof asked === "string" && asked.split(" ").includes("offline_access");
  if (!wantsOffline || oidc.params === undefined || oidc.client?.grantTypeAllowed("refresh_token") !== true) return;
  oidc.params["scope"] = [...new Set([...oidc.requestParamScopes, "offline_access"])].join(" ");
}
