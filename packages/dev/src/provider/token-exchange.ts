// Token exchange (RFC 8693): an API that was called with a user's token gets one for the next API.
// Who may: clients with `tokenExchange`, for the tokens of the API that they are.
import { decodeJwt } from "jose";
import type Provider from "oidc-provider";
import type { TokenEndpointGrantContext, UnknownObject } from "oidc-provider";
import type { Api, Client, Persona } from "../config/model.js";
import { withoutSignalsApi } from "../config/signals-api.js";
import { grantablePermissions } from "../permissions.js";
import { toResourceIndicator, toResourceServer } from "./audiences.js";
import type { ProviderParts } from "./create-provider.js";
import { verifyProof } from "./dpop-proof.js";
import { toDerivedGrant } from "./memory-store.js";

export const tokenExchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange";

const accessTokenType = "urn:ietf:params:oauth:token-type:access_token";
const inTypes: readonly unknown[] = [accessTokenType, "urn:ietf:params:oauth:token-type:jwt"];
const outTypes: readonly unknown[] = [undefined, ...inTypes];
/** As at Auth0. */
const mostActors = 5;

type Context = TokenEndpointGrantContext;

/** What an exchange is decided on. */
interface Incoming {
  /** The claims of the subject token. */
  readonly claims: UnknownObject;
  readonly persona: Persona;
  /** The grant that the subject token hangs on. */
  readonly grantId: string | undefined;
  /** Whether the subject token is valid still. */
  readonly isActive: () => Promise<boolean>;
}

/** Adds the grant type to a provider. */
export function installTokenExchange(provider: Provider, parts: ProviderParts): void {
  const names = ["audience", "resource", "scope", "subject_token", "subject_token_type", "requested_token_type"];
  const handler = (ctx: Context) => exchange(ctx, provider, parts);
  provider.registerGrantType(tokenExchangeGrant, handler, [...names, "actor_token", "actor_token_type"]);
}

async function exchange(ctx: Context, provider: Provider, parts: ProviderParts): Promise<void> {
  const { config, oidc, overrides } = parts;
  const { clientId } = ctx.oidc.client;
  const client = config.clients.find(({ id }) => id === clientId);
  if (client?.tokenExchange === undefined)
    throw new oidc.errors.UnauthorizedClient("the client may not exchange tokens");
  requireTypes(ctx, parts);
  const incoming = await findIncoming(ctx, provider, { parts, client });
  const api = findTarget(ctx, parts);
  const scope = chooseScope(ctx, { parts, api, persona: incoming.persona });
  const claims = { ...readLogin(incoming.claims), act: toActor(incoming.claims, { parts, client }) };
  const jkt = await verifyProof(ctx, provider, oidc);
  const permissions = grantablePermissions(api, incoming.persona.permissions);
  const token = new provider.AccessToken({
    accountId: incoming.persona.subject,
    client: ctx.oidc.client,
    grantId: await saveGrant(provider, { incoming, clientId, api, scope }),
    gty: "token_exchange",
    expiresIn: Math.min(api.tokenLifetime, Number(incoming.claims["exp"]) - Math.floor(Date.now() / 1000)),
    resourceServer: new provider.ResourceServer(toResourceIndicator(api.audience), toResourceServer(api, permissions)),
    ...(scope === "" ? {} : { scope }),
  } as ConstructorParameters<typeof provider.AccessToken>[0]);
  if (jkt !== undefined) token.setThumbprint("jkt", jkt);
  overrides.set(token, { claims });
  const value = await token.save();
  // The person may have been logged out meanwhile (CWE-367).
  if (!(await incoming.isActive())) {
    await token.destroy();
    throw new oidc.errors.InvalidRequest("subject_token is not valid any more");
  }
  ctx.body = {
    access_token: value,
    issued_token_type: accessTokenType,
    token_type: token.tokenType,
    expires_in: token.expiration,
    ...(token.scope === undefined ? {} : { scope: token.scope }),
  };
}

/**
 * The provider takes a token only together with a grant to its client. It ends with the grant of
 * the subject token.
 */
function saveGrant(provider: Provider, { incoming, clientId, api, scope }: ExchangedGrant): Promise<string> {
  const { grantId, persona } = incoming;
  const grant = new provider.Grant({
    accountId: persona.subject,
    clientId,
    ...(grantId !== undefined && { jti: toDerivedGrant(grantId) }),
  } as ConstructorParameters<typeof provider.Grant>[0]);
  grant.addResourceScope(toResourceIndicator(api.audience), scope);
  return grant.save();
}

interface ExchangedGrant {
  readonly incoming: Incoming;
  readonly clientId: string;
  readonly api: Api;
  readonly scope: string;
}

/** RFC 8693 §2.1. */
function requireTypes({ oidc: { params } }: Context, { oidc: { errors } }: ProviderParts): void {
  const refuse = (problem: string) => new errors.InvalidRequest(problem);
  if (!inTypes.includes(params["subject_token_type"])) throw refuse(`subject_token_type must be ${accessTokenType}`);
  if (!outTypes.includes(params["requested_token_type"])) throw refuse("requested_token_type must be an access token");
  if (params["actor_token"] !== undefined) throw refuse("actor_token is not supported: the client is the actor");
}

/**
 * The subject token: one of this tenant's, for a person and for the API that the client is, neither
 * expired nor revoked. Otherwise `invalid_request` (RFC 8693 §2.2.2).
 */
async function findIncoming(
  { oidc: { params } }: Context,
  provider: Provider,
  { parts, client }: { readonly parts: ProviderParts; readonly client: Client },
): Promise<Incoming> {
  const { config, signedTokens, oidc } = parts;
  const refuse = (problem: string) => new oidc.errors.InvalidRequest(`subject_token ${problem}`);
  const value = params["subject_token"];
  const reference = typeof value === "string" ? await signedTokens.toReference(value) : undefined;
  const token = reference === undefined ? undefined : await provider.AccessToken.find(reference);
  if (token === undefined) throw refuse("is not a valid access token of this tenant");
  const persona = config.personas.find(({ subject }) => subject === token.accountId);
  if (persona === undefined) throw refuse("is not a person's");
  const claims = decodeJwt(String(value));
  if (![claims.aud].flat().includes(client.tokenExchange)) throw refuse("is for another API than the client's own");
  const isActive = async () => (await provider.AccessToken.find(String(reference))) !== undefined;
  return { claims, persona, grantId: token.grantId, isActive };
}

/** One API, by `audience` or `resource`. */
function findTarget({ oidc: { params } }: Context, { config, oidc: { errors } }: ProviderParts): Api {
  const { audience, resource } = params;
  const wanted = [audience, resource].filter((one) => one !== undefined);
  const api = config.apis.find((one) => one.audience === audience || toResourceIndicator(one.audience) === resource);
  if (api !== undefined && wanted.length === 1) return api;
  const known = withoutSignalsApi(config)
    .map((one) => one.audience)
    .join(", ");
  throw new errors.InvalidTarget(`exactly one audience or resource of this tenant must be named (it has: ${known})`);
}

/** What the person may do at that API, or the part of it that was asked for. */
function chooseScope(
  { oidc: { params } }: Context,
  { parts, api, persona }: { readonly parts: ProviderParts; readonly api: Api; readonly persona: Persona },
): string {
  const reachable = grantablePermissions(api, persona.permissions);
  const asked = params.scope?.split(" ").filter(Boolean);
  const scope = asked?.filter((one) => reachable.includes(one)) ?? reachable;
  if (asked !== undefined && asked.length > 0 && scope.length === 0) {
    throw new parts.oidc.errors.InvalidScope("the person has none of the scopes", asked.join(" "));
  }
  return scope.join(" ");
}

/**
 * The client acts now, and those who acted before are within (RFC 8693 §4.1). In Auth0's dialect
 * the innermost is the client that the person logged in to.
 */
function toActor(
  claims: UnknownObject,
  { parts, client }: { readonly parts: ProviderParts; readonly client: Client },
): UnknownObject {
  const isAuth0 = parts.config.tokenDialect === "auth0";
  const before = claims["act"] ?? (isAuth0 ? { sub: claims["azp"] } : undefined);
  const act = { sub: client.id, ...(before === undefined ? {} : { act: before }) };
  if (Number.isNaN(countActors(act))) {
    throw new parts.oidc.errors.InvalidRequest("subject_token has an act that is not an object");
  }
  if (countActors(act) > mostActors) {
    throw new parts.oidc.errors.InvalidRequest(`the chain of actors has more than ${mostActors}`);
  }
  return act;
}

/** Not a number where an actor is something else than an object. */
function countActors(act: unknown): number {
  if (act === undefined || act === null) return 0;
  if (typeof act !== "object" || Array.isArray(act)) return Number.NaN;
  return 1 + countActors((act as { act?: unknown }).act);
}

/** When and how the person logged in does not change with an exchange. */
function readLogin(claims: UnknownObject): UnknownObject {
  const names = ["auth_time", "acr", "amr", "sid"];
  return Object.fromEntries(names.filter((name) => claims[name] !== undefined).map((name) => [name, claims[name]]));
}
