// Changes of a running tenant: its keys, people, applications and APIs, and the way back.
import type { SigningAlgorithm } from "./config/algorithms.js";
import type { Persona, TenantConfig } from "./config/model.js";
import { withoutSignalsApi } from "./config/signals-api.js";
import type { Feed } from "./console-api/feed.js";
import type { KeyHistory } from "./console-api/key-history.js";
import type { Registry } from "./console-api/registry.js";
import type { TenantFaults } from "./faults/fault-board.js";
import type { KeyRing, RotateOptions } from "./keys/key-ring.js";
import type { People } from "./people/people.js";
import type { MemoryStore } from "./provider/memory-store.js";
import type { ResetPart } from "./reset-parts.js";
import { createSerial } from "./serial.js";
import type { Transmitter } from "./signals/transmitter.js";

export interface ChangeContext {
  readonly config: TenantConfig;
  readonly faults: TenantFaults;
  readonly feed: Feed;
  readonly keys: KeyRing;
  readonly keyHistory: KeyHistory;
  readonly people: People;
  readonly registry: Registry;
  readonly store: MemoryStore;
  readonly transmitter: Transmitter;
  /** Creates the provider anew, which reads keys, applications and APIs once. */
  readonly rebuild: () => void;
  /** Ends the sessions and grants of a persona, and tells applications and receivers. */
  readonly logOut: (persona: Persona) => Promise<unknown>;
}

/** Each takes effect at once, and is told to the feed. */
export interface Changes {
  readonly rotate: (options?: RotateOptions) => Promise<void>;
  readonly withdraw: (kid: string) => Promise<void>;
  readonly putPersona: (id: string, input: unknown) => void;
  readonly putClient: (id: string, input: unknown) => void;
  /** False where there is none of this name. Its sessions and grants end, as in a log-out. */
  readonly removePersona: (id: string) => Promise<boolean>;
  /** The same for an application, whose grants and streams of signals end. */
  readonly removeClient: (id: string) => boolean;
  readonly putApi: (audience: string, input: unknown) => Promise<void>;
  readonly reset: (parts: readonly ResetPart[]) => Promise<void>;
  /** To call after a change of the keys that was made elsewhere. */
  readonly publishKeys: () => void;
}

/** RS256 always: ID tokens and security events are signed with it. */
export function toAlgorithms(algorithms: readonly SigningAlgorithm[]): readonly SigningAlgorithm[] {
  return [...new Set(["RS256" as const, ...algorithms])];
}

export function createChanges(context: ChangeContext): Changes {
  const { config, feed, keyHistory, keys, rebuild, registry } = context;
  // A change that waits for keys must not run into another one.
  const serial = createSerial();
  const publishKeys = (): void => {
    keyHistory.update();
    rebuild();
    feed.publish("keys", { signing: keyHistory.describe().find(({ state }) => state === "signs")?.kid });
  };
  return {
    publishKeys,
    rotate: ({ algorithm, dropOld } = {}) =>
      serial(async () => {
        const algorithms = algorithm === undefined ? undefined : toAlgorithms([algorithm]);
        await keys.rotate({ dropOld, algorithms });
        if (algorithm !== undefined) signAllWith(context, algorithm);
        publishKeys();
      }),
    withdraw: async (kid) => {
      await keys.withdraw(kid);
      publishKeys();
    },
    putPersona: (id, input) => {
      feed.publish("people", { persona: registry.putPersona(id, input).id });
    },
    putClient: (id, input) => {
      const { id: client } = registry.putClient(id, input);
      rebuild();
      feed.publish("people", { client });
    },
    removePersona: async (id) => {
      const persona = registry.removePersona(id);
      if (persona === undefined) return false;
      // A later persona with this subject is another one.
      context.people.setDisabled(persona, false);
      feed.publish("people", { persona: id, removed: true });
      await context.logOut(persona);
      return true;
    },
    removeClient: (id) => {
      if (registry.removeClient(id) === undefined) return false;
      endClient(context, id);
      rebuild();
      feed.publish("people", { client: id, removed: true });
      return true;
    },
    putApi: (audience, input) =>
      serial(async () => {
        const api = registry.toApi(audience, input);
        const others = withoutSignalsApi(config).filter((one) => one.audience !== audience);
        await keys.setAlgorithms(toAlgorithms([...others, api].map((one) => one.signingAlgorithm)));
        registry.setApi(api);
        publishKeys();
        feed.publish("people", { audience });
      }),
    reset: (parts) =>
      serial(async () => {
        await reset(context, new Set(parts));
        publishKeys();
        feed.publish("reset", { parts });
      }),
  };
}

/** A later application of the same name must not get the old one's grants. */
function endClient({ store, transmitter }: ChangeContext, id: string): void {
  store.deleteWhere(({ clientId }) => clientId === id);
  for (const { authorizations } of store.filter("Session:", () => true)) delete authorizations?.[id];
  for (const stream of transmitter.streams.filter(({ clientId }) => clientId === id)) transmitter.remove(stream);
}

function signAllWith({ config, registry }: ChangeContext, signingAlgorithm: SigningAlgorithm): void {
  for (const api of withoutSignalsApi(config)) registry.setApi({ ...api, signingAlgorithm });
}

/** Faults go first: a fault of the keys must not decide what is restored. */
async function reset(context: ChangeContext, parts: ReadonlySet<ResetPart>): Promise<void> {
  const { config, faults, keys, people, registry, store, transmitter } = context;
  if (parts.has("faults")) await faults.clear();
  if (parts.has("people")) {
    registry.reset();
    people.enableAll();
    store.deleteByKey(isRegistration);
  }
  if (parts.has("keys")) {
    registry.resetAlgorithms();
    await keys.restore();
  }
  // APIs and keys may have been reset without each other.
  await keys.setAlgorithms(toAlgorithms(withoutSignalsApi(config).map((api) => api.signingAlgorithm)));
  if (!parts.has("sessions")) return;
  store.deleteByKey((key) => !isRegistration(key));
  transmitter.close();
}

/** The provider's models of an application that registered itself. */
function isRegistration(key: string): boolean {
  return key.startsWith("Client:") || key.startsWith("RegistrationAccessToken:");
}
