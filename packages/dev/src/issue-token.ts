// Creates a token without a login, through the provider's own models: it is signed, stored and
// revocable like any other.
import type Provider from "oidc-provider";
import type { Client as ProviderClient, ResourceServerInstance } from "oidc-provider";
import type { Api, Client, Persona, TenantConfig } from "./config/model.js";
import { withoutSignalsApi } from "./config/signals-api.js";
import { TenantError } from "./errors.js";
import type { People } from "./people/people.js";
import { grantablePermissions, identityScopes, permissionsFor } from "./permissions.js";
import { toResourceIndicator, toResourceServer } from "./provider/audiences.js";
import type { FaultyTokens } from "./provider/faulty-tokens.js";
import type { IssuableToken, TokenOverrides } from "./provider/token-claims.js";
import type { CheckedTokenRequest, IssuedToken, TokenRequest } from "./token-request.js";

export interface IssueContext {
  readonly provider: Provider;
  readonly config: TenantConfig;
  readonly overrides: WeakMap<IssuableToken, TokenOverrides>;
  readonly faultyTokens: FaultyTokens;
  readonly people: People;
}

/** Everything that a token is created from, looked up and decided. */
interface Plan {
  readonly client: ProviderClient;
  readonly api: Api | undefined;
  readonly scope: string;
  readonly expiresIn: number | undefined;
}

export async function issueToken(context: IssueContext, request: CheckedTokenRequest): Promise<IssuedToken> {
  const { config, faultyTokens, overrides, provider } = context;
  const client = findClient(config, request);
  const persona = findPersona(config, request, client);
  if (persona !== undefined && context.people.isDisabled(persona)) refuseDisabled(persona);
  const api = findApi(config, request);
  const plan: Plan = {
    client: await loadClient(provider, client.id),
    api,
    scope: chooseScope(request, api, persona ?? client),
    expiresIn: request.expiresIn,
  };
  const token = persona === undefined ? machineToken(provider, plan) : await personaToken(provider, plan, persona);
  overrides.set(token, { permissions: request.permissions, claims: request.claims });
  if (request.fault !== undefined) faultyTokens.assign(token, request.fault);
  const value = await token.save();
  const scope = token.scope === undefined || token.scope === "" ? {} : { scope: token.scope };
  return { access_token: value, token_type: "Bearer", expires_in: token.expiration, ...scope };
}

function refuseDisabled({ id }: Persona): never {
  const fix = `Enable it with: npx gatewarden signal account-enabled --as ${id}`;
  throw new TenantError("invalid_request", `The account of ${id} is disabled. ${fix}`);
}

function machineToken(provider: Provider, plan: Plan): IssuableToken {
  return new provider.ClientCredentials({ ...common(provider, plan), client: plan.client });
}

async function personaToken(provider: Provider, plan: Plan, persona: Persona): Promise<IssuableToken> {
  const grant = new provider.Grant({ clientId: plan.client.clientId, accountId: persona.subject });
  const identity = plan.scope.split(" ").filter((scope) => identityScopes.includes(scope));
  if (identity.length > 0) grant.addOIDCScope(identity);
  if (plan.api !== undefined) grant.addResourceScope(toResourceIndicator(plan.api.audience), plan.scope);
  return new provider.AccessToken({
    ...common(provider, plan),
    client: plan.client,
    accountId: persona.subject,
    grantId: await grant.save(),
    gty: "authorization_code",
  });
}

function common(provider: Provider, { api, scope, expiresIn }: Plan): Record<string, unknown> {
  const resourceServer: ResourceServerInstance | undefined =
    api === undefined
      ? undefined
      : new provider.ResourceServer(toResourceIndicator(api.audience), toResourceServer(api, api.permissions));
  return { ...(scope === "" ? {} : { scope }), ...(expiresIn === undefined ? {} : { expiresIn }), resourceServer };
}

function findClient(config: TenantConfig, request: TokenRequest): Client {
  if (request.client === undefined) {
    const found = config.clients.find(({ grants }) => grants.includes("authorization_code"));
    if (found !== undefined) return found;
    throw new TenantError("invalid_request", "No client of this tenant logs people in; name one with `client`.");
  }
  return findById("client", config.clients, request.client);
}

/**
 * A client with only client credentials acts for itself; any other acts for a persona, by default
 * the first.
 */
function findPersona(config: TenantConfig, request: TokenRequest, client: Client): Persona | undefined {
  if (request.as !== undefined) return findById("persona", config.personas, request.as);
  const isMachine = request.client !== undefined && client.grants.includes("client_credentials");
  return isMachine ? undefined : config.personas[0];
}

function findApi(config: TenantConfig, { audience }: TokenRequest): Api | undefined {
  if (audience === null) return undefined;
  if (audience === undefined) return config.apis[0];
  const api = config.apis.find((candidate) => candidate.audience === audience);
  if (api !== undefined) return api;
  const known = withoutSignalsApi(config)
    .map((candidate) => candidate.audience)
    .join(", ");
  const absent = `There is no API ${JSON.stringify(audience)}; this tenant has: ${known}.`;
  const fix =
    'To add it: npx gatewarden tenant api <audience>. To keep it, list it under "apis" in gatewarden.dev.json.';
  throw new TenantError("invalid_request", `${absent} ${fix}`);
}

function findById<Entry extends { readonly id: string }>(kind: string, entries: readonly Entry[], id: string): Entry {
  const entry = entries.find((candidate) => candidate.id === id);
  if (entry !== undefined) return entry;
  const known = entries.map((candidate) => candidate.id).join(", ");
  throw new TenantError("invalid_request", `There is no ${kind} ${JSON.stringify(id)}; this tenant has: ${known}.`);
}

async function loadClient(provider: Provider, id: string): Promise<ProviderClient> {
  const client = await provider.Client.find(id);
  if (client === undefined) throw new TenantError("invalid_request", `There is no client ${JSON.stringify(id)}.`);
  return client;
}

/**
 * Scopes obey RBAC as in a login. Without a `permissions` claim, requested permissions become
 * scopes.
 */
function chooseScope(request: TokenRequest, api: Api | undefined, holder: Persona | Client): string {
  const isPersona = "subject" in holder;
  const held = request.permissions ?? holder.permissions;
  const own = api === undefined ? [] : permissionsFor(api, held);
  const standard = isPersona ? ["openid", "profile", "email"] : own;
  const implied = api !== undefined && !api.permissionsInAccessToken ? (request.permissions ?? []) : [];
  const wanted = request.scope?.split(" ").filter(Boolean) ?? [...standard, ...implied];
  if (api === undefined) return wanted.filter((scope) => identityScopes.includes(scope)).join(" ");
  const reachable = isPersona
    ? [...identityScopes, ...grantablePermissions(api, held), ...implied]
    : [...own, ...implied];
  return wanted.filter((scope) => reachable.includes(scope)).join(" ");
}
