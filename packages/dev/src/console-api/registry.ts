// Changes the personas and the applications of a running tenant.
import type { Client, ClientInput, Persona, PersonaInput, TenantConfig } from "../config/model.js";
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
}

/** Throws a {@link TenantError} (`invalid_request`) for what a configuration file could not say. */
export function createRegistry(config: TenantConfig): Registry {
  return {
    putPersona: (id, input) => {
      const old = config.personas.find((one) => one.id === id);
      const [persona] = resolve(config, {
        personas: { [id]: { ...(old && toPersonaInput(old)), ...toObject(input) } },
      }).personas;
      const twin = config.personas.find((one) => one.id !== id && one.subject === persona.subject);
      if (twin !== undefined)
        throw new TenantError("invalid_request", `The persona ${twin.id} has this subject already.`);
      put(config.personas as unknown as Persona[], persona);
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
      put(config.clients as Client[], client);
      return client;
    },
  };
}

function resolve(config: TenantConfig, part: unknown): TenantConfig {
  try {
    const apis = withoutSignalsApi(config).map(({ audience, name, permissions }) => ({ audience, name, permissions }));
    return resolveConfig({ ...parseConfigInput(part, "This"), apis }, "This");
  } catch (error) {
    if (!(error instanceof TenantError)) throw error;
    throw new TenantError("invalid_request", error.message, { cause: error });
  }
}

function put<Entry extends { readonly id: string }>(list: Entry[], entry: Entry): void {
  const index = list.findIndex(({ id }) => id === entry.id);
  if (index !== -1) list[index] = entry;
  else if (list.length < maxEntries) list.push(entry);
  else throw new TenantError("invalid_request", `There are ${maxEntries} already.`);
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
