// Completes a configuration: applies defaults and checks references.
import { TenantError } from "../errors.js";
import { defaultConfig } from "./defaults.js";
import type {
  Api,
  ApiInput,
  Client,
  ClientInput,
  Persona,
  PersonaInput,
  TenantConfig,
  TenantConfigInput,
} from "./model.js";
import { signalScopes } from "./signals-api.js";

const ONE_DAY = 86_400;

/**
 * Completes a checked configuration; throws a {@link TenantError} when its parts contradict each
 * other.
 */
export function resolveConfig(input: TenantConfigInput, source: string): TenantConfig {
  const apis = (input.apis ?? defaultConfig.apis).map(toApi);
  const personas = Object.entries(input.personas ?? defaultConfig.personas).map(toPersona);
  const clients = Object.entries(input.clients ?? defaultConfig.clients).map(toClient);
  const [firstApi, ...otherApis] = apis;
  const [firstPersona, ...otherPersonas] = personas;
  if (firstApi === undefined || firstPersona === undefined) {
    throw new TenantError("invalid_configuration", `${source} must name at least one API and one persona.`);
  }
  refuse(source, [
    ...repeated(
      "audience",
      apis.map(({ audience }) => audience),
    ),
    ...repeated(
      "subject",
      personas.map(({ subject }) => subject),
    ),
    ...(input.personas === undefined ? [] : unknownPermissions("personas", personas, apis)),
    ...(input.clients === undefined ? [] : unknownPermissions("clients", clients, apis)),
    ...sessionsWithoutAddress(clients),
    ...wrongExchanges(clients, apis),
    ...permissionsWithoutRbac(apis),
  ]);
  return {
    tokenDialect: input.tokenDialect ?? defaultConfig.tokenDialect,
    claimNamespace: input.claimNamespace ?? defaultConfig.claimNamespace,
    apis: [firstApi, ...otherApis],
    personas: [firstPersona, ...otherPersonas],
    clients,
    clientMetadataDocuments: input.clientMetadataDocuments ?? defaultConfig.clientMetadataDocuments,
  };
}

function refuse(source: string, complaints: readonly string[]): void {
  if (complaints.length === 0) return;
  throw new TenantError("invalid_configuration", [`${source} cannot be used:`, ...complaints].join("\n"));
}

function toApi(input: ApiInput): Api {
  return {
    audience: input.audience,
    name: input.name ?? input.audience,
    permissions: input.permissions ?? [],
    rbac: input.rbac ?? true,
    permissionsInAccessToken: input.permissionsInAccessToken ?? input.rbac ?? true,
    tokenLifetime: input.tokenLifetime ?? ONE_DAY,
    signingAlgorithm: input.signingAlgorithm ?? "RS256",
    emailInAccessToken: input.emailInAccessToken ?? false,
    sidInAccessToken: input.sidInAccessToken ?? false,
  };
}

function toPersona([id, input]: [string, PersonaInput]): Persona {
  return {
    id,
    subject: input.subject ?? `auth0|${id}`,
    name: input.name ?? id,
    email: input.email,
    emailVerified: input.emailVerified ?? false,
    roles: input.roles ?? [],
    permissions: input.permissions ?? [],
    organization: input.organization,
    claims: input.claims ?? {},
  };
}

function toClient([id, input]: [string, ClientInput]): Client {
  const isPublic = input.secret === undefined && input.publicKeys === undefined;
  return {
    id,
    name: input.name ?? id,
    secret: input.secret,
    publicKeys: input.publicKeys,
    grants: input.grants ?? (isPublic ? ["authorization_code", "refresh_token"] : ["client_credentials"]),
    permissions: input.permissions ?? [],
    redirectUris: input.redirectUris,
    certificateBound: input.certificateBound ?? false,
    backchannelLogoutUri: input.backchannelLogoutUri,
    backchannelLogoutSessionRequired: input.backchannelLogoutSessionRequired ?? false,
    tokenExchange: input.tokenExchange,
  };
}

function repeated(what: string, values: readonly string[]): string[] {
  const twice = values.filter((value, index) => values.indexOf(value) !== index);
  return twice.map((value) => `  - two entries have the ${what} ${JSON.stringify(value)}; each needs its own.`);
}

function sessionsWithoutAddress(clients: readonly Client[]): string[] {
  const lost = clients.filter((one) => one.backchannelLogoutSessionRequired && one.backchannelLogoutUri === undefined);
  const advice = 'Example: "backchannelLogoutUri": "http://localhost:3000/backchannel-logout"';
  return lost.map(
    ({ id }) => `  - clients.${id}.backchannelLogoutSessionRequired needs backchannelLogoutUri. ${advice}`,
  );
}

/** Only a client that can prove who it is may act for people, and only as one of the APIs. */
function wrongExchanges(clients: readonly Client[], apis: readonly Api[]): string[] {
  return clients.flatMap(({ id, tokenExchange, secret, publicKeys }) => {
    if (tokenExchange === undefined) return [];
    const where = `  - clients.${id}.tokenExchange`;
    if (secret === undefined && publicKeys === undefined) return [`${where} needs a \`secret\` or \`publicKeys\`.`];
    const known = apis.map(({ audience }) => audience);
    if (known.includes(tokenExchange)) return [];
    return [`${where} is ${JSON.stringify(tokenExchange)}, which is no API's audience (known: ${known.join(", ")}).`];
  });
}

/** As at Auth0, where the second switch needs the first. */
function permissionsWithoutRbac(apis: readonly Api[]): string[] {
  const wrong = apis.filter((api) => api.permissionsInAccessToken && !api.rbac);
  return wrong.map(({ audience }) => `  - permissionsInAccessToken of ${JSON.stringify(audience)} needs "rbac": true.`);
}

/** A misspelt permission would silently never reach a token, so it is refused here. */
function unknownPermissions(part: string, holders: readonly (Persona | Client)[], apis: readonly Api[]): string[] {
  const own = part === "clients" ? signalScopes : [];
  const known = new Set([...apis.flatMap((api) => api.permissions), ...own]);
  return holders.flatMap((holder) =>
    holder.permissions
      .filter((permission) => !known.has(permission))
      .map(
        (permission) =>
          `  - ${part}.${holder.id}.permissions has ${JSON.stringify(permission)}, which no API lists in its permissions` +
          ` (known: ${[...known].join(", ") || "none"}).`,
      ),
  );
}
