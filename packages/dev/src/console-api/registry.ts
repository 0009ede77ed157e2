// Changes the personas, the applications and the APIs of a running tenant.
import type { Api, ApiInput, Client, ClientInput, Persona, PersonaInput, TenantConfig } from "../config/model.js";
import { resolveConfig } from "../config/resolve.js";
import { parseConfigInput } from "../config/schema.js";
import { withoutSignalsApi } from "../config/signals-api.js";
import { TenantError } from "../errors.js";

const maxEntries = 200;

/** The lists that all parts of the tenant read. */
export interface Registry {
  /** Creates a persona, or changes the members that the body names. */
  readonly putPersona: (id: string, input: unknown) => Persona;
  /** The same for an application. The provider must be built again afterwards. */
  readonly putClient: (id: string, input: unknown) => Client;
  /** Throws for the last one, and returns undefined where there is none of this name. */
  readonly removePersona: (id: string) => Persona | undefined;
  /** The provider must be built again afterwards. */
  readonly removeClient: (id: string) => Client | undefined;
  /** What an API would be: it becomes so with {@link setApi}, once there is a key for it. */
  readonly toApi: (audience: string, input: unknown) => Api;
  readonly setApi: (api: Api) => void;
  /** Returns the algorithm of each API to the configuration's; RS256 for one that came later. */
  readonly resetAlgorithms: () => void;
  /** Returns all lists to the configuration. */
  readonly reset: () => void;
}

/** Throws a {@link TenantError} (`invalid_request`) for what a configuration file could not say. */
export function createRegistry(config: TenantConfig): Registry {
  const personas = config.personas as unknown as Persona[];
  const clients = config.clients as Client[];
  const apis = config.apis as unknown as Api[];
  const before = { personas: [...personas], clients: [...clients], apis: [...apis] };
  return {
    putPersona: (id, input) => {
      const old = config.personas.find((one) => one.id === id);
      const [persona] = resolve(config, {
        personas: { [id]: { ...(old && toPersonaInput(old)), ...toObject(input) } },
      }).personas;
      const twin = config.personas.find((one) => one.id !== id && one.subject === persona.subject);
      if (twin !== undefined)
        throw new TenantError("invalid_request", `The persona ${twin.id} has this subject already.`);
      put(personas, persona, ({ id }) => id);
      return persona;
    },
    putClient: (id, input) => {
      const old = config.clients.find((one) => one.id === id);
      const [client] = resolve(config, {
        clients: { [id]: { ...(old && toClientInput(old)), ...toObject(input) } },
      }).clients;
      if (client === undefined) throw new TenantError("invalid_request", "The client is missing.");
      if (client.certificateBound)
        throw new TenantError("invalid_request", "certificateBound belongs into the configuration.");
      put(clients, client, ({ id }) => id);
      return client;
    },
    removePersona: (id) => {
      if (personas.length > 1 || personas[0]?.id !== id) return take(personas, id);
      throw new TenantError("invalid_request", "This is the last persona, and a tenant needs one.");
    },
    removeClient: (id) => take(clients, id),
    toApi: (audience, input) => toChangedApi(config, audience, toObject(input)),
    setApi: (api) => {
      // The tenant's own API stays the last.
      const own = apis.pop();
      put(apis, api, (one) => one.audience);
      if (own !== undefined) apis.push(own);
    },
    resetAlgorithms: () => {
      for (const [index, api] of apis.entries()) {
        const old = before.apis.find(({ audience }) => audience === api.audience);
        // One that came later has the usual algorithm, for which there was a key.
        apis[index] = { ...api, signingAlgorithm: old?.signingAlgorithm ?? "RS256" };
      }
    },
    reset: () => {
      personas.splice(0, personas.length, ...before.personas);
      clients.splice(0, clients.length, ...before.clients);
      apis.splice(0, apis.length, ...before.apis);
    },
  };
}

/** Checks it together with the personas and clients, whose permissions it must still have. */
function toChangedApi(config: TenantConfig, audience: string, input: object): Api {
  const all = withoutSignalsApi(config);
  const old = all.find((one) => one.audience === audience);
  if (audience === config.apis.at(-1)?.audience) {
    throw new TenantError("invalid_request", "This is the tenant's own API, which stays as it is.");
  }
  if ("audience" in input) throw new TenantError("invalid_request", "The audience is named by the path alone.");
  if (old === undefined && all.length >= maxEntries) {
    throw new TenantError("invalid_request", `There are ${maxEntries} already.`);
  }
  const changed = { ...(old && toApiInput(old, input)), ...input, audience };
  const others = all.filter((one) => one !== old);
  const [api] = resolve(config, {
    apis: [changed, ...others],
    personas: Object.fromEntries(config.personas.map((one) => [one.id, toPersonaInput(one)])),
    clients: Object.fromEntries(config.clients.map((one) => [one.id, toClientInput(one)])),
  }).apis;
  return api;
}

/** A switch of RBAC also switches the claim, unless the change names it. */
function toApiInput({ permissionsInAccessToken, ...members }: Api, input: object): ApiInput {
  return "rbac" in input ? members : { ...members, permissionsInAccessToken };
}

function resolve(config: TenantConfig, part: unknown): TenantConfig {
  try {
    const apis = withoutSignalsApi(config).map(({ audience, name, permissions }) => ({ audience, name, permissions }));
    return resolveConfig({ apis, ...parseConfigInput(part, "This") }, "This");
  } catch (error) {
    if (!(error instanceof TenantError)) throw error;
    throw new TenantError("invalid_request", toSentences(error.message), { cause: error });
  }
}

/** A file's problems are a list. Those of a change, which names one API by its path, are one line. */
function toSentences(list: string): string {
  const [title = "", ...problems] = list.split("\n");
  const lines = problems.length === 0 ? [title] : problems;
  return lines.map((line) => line.replace(/^ {2}- (?:apis\[0\]\.?)?/, "")).join(" ");
}

function put<Entry>(list: Entry[], entry: Entry, toId: (entry: Entry) => string): void {
  const index = list.findIndex((one) => toId(one) === toId(entry));
  if (index !== -1) list[index] = entry;
  else if (list.length < maxEntries) list.push(entry);
  else throw new TenantError("invalid_request", `There are ${maxEntries} already.`);
}

function take<Entry extends { readonly id: string }>(list: Entry[], id: string): Entry | undefined {
  const index = list.findIndex((one) => one.id === id);
  return index === -1 ? undefined : list.splice(index, 1)[0];
}

function toObject(input: unknown): object {
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return input;
  throw new TenantError("invalid_request", 'The body must be a JSON object such as {"name": "Dora Dean"}.');
}

function toPersonaInput({ id: _id, ...members }: Persona): PersonaInput {
  return dropUndefined(members);
}

function toClientInput({ id: _id, ...members }: Client): ClientInput {
  return dropUndefined(members);
}

function dropUndefined<Members extends object>(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Members;
}
