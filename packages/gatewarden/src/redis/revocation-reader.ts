// A connection of its own for blocking reads, which would hold up every other command of the
// application's client. Replaced after each failure.
import { ConfigError } from "../errors.js";
import { DependencyError } from "../monitoring/dependency.js";
import { createRedisCall, type RedisCall, type RedisClient } from "./client.js";

/** What both packages offer on a client besides commands. All of it is checked before use. */
interface Duplicable {
  duplicate?(): unknown;
  on?(event: "error", listener: () => void): unknown;
  connect?(): Promise<unknown>;
  /** node-redis. */
  destroy?(): void;
  /** ioredis. */
  disconnect?(): void;
}

/** Sends blocking reads. */
export interface RedisReader {
  /** Rejects with `DependencyError` when there was no answer in time. */
  send(key: string, args: string[], seconds: number): Promise<unknown>;
  /** Ends the connection. Pending reads reject; the next read connects again. Never throws. */
  drop(): void;
}

/** Throws `ConfigError` for a client that cannot be duplicated. Connects at the first read. */
export function createRedisReader(client: RedisClient): RedisReader {
  const original = client as Duplicable;
  if (typeof original.duplicate !== "function") {
    throw new ConfigError({
      option: "client",
      problem: "has no method duplicate, which makes the connection for blocking reads",
      example: "createRedisRevocations(await createClient({ url }).connect())",
    });
  }
  let current: { readonly copy: Duplicable; readonly call: Promise<RedisCall> } | undefined;
  let interrupt: (error: DependencyError) => void = () => {};
  const drop = (): void => {
    interrupt(new DependencyError("The connection to Redis was closed"));
    if (current) end(current.copy);
    current = undefined;
  };
  return {
    drop,
    async send(key, args, seconds) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const limit = new Promise<never>((_resolve, reject) => {
        interrupt = reject;
        timer = setTimeout(
          () => reject(new DependencyError(`Redis did not answer within ${seconds} s`)),
          seconds * 1000,
        );
      });
      try {
        current ??= connect(original);
        const answer = current.call.then((call) => call(key, args));
        // Where the limit comes first, the answer is a rejection that no caller awaits.
        answer.catch(() => {});
        return await Promise.race([answer, limit]);
      } catch (error) {
        drop();
        throw error instanceof DependencyError
          ? error
          : new DependencyError("Redis cannot be reached", { cause: error });
      } finally {
        clearTimeout(timer);
        limit.catch(() => {});
      }
    },
  };
}

function connect(original: Duplicable): { readonly copy: Duplicable; readonly call: Promise<RedisCall> } {
  const copy = original.duplicate?.() as Duplicable;
  // Without a listener an error of the connection would end the process.
  copy.on?.("error", () => {});
  const call = createRedisCall(copy as RedisClient);
  // ioredis connects by itself; its `connect` rejects when it already does.
  const isNodeRedis = typeof copy.destroy === "function";
  const connected = isNodeRedis ? Promise.resolve(copy.connect?.()).then(() => call) : Promise.resolve(call);
  connected.catch(() => {});
  return { copy, call: connected };
}

function end(copy: Duplicable): void {
  try {
    if (typeof copy.destroy === "function") copy.destroy();
    else copy.disconnect?.();
  } catch {
    // It was not connected.
  }
}
